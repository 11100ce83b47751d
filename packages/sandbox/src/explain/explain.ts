import { explainToken } from 'countersign/jwt';
import type { Explain } from '../site/explanation.ts';

/** The only word of the library that the sandbox takes: the text that is shown after the verdict. */
export const explain: Explain = (evidence) => explainToken(evidence);
