import type { Examined, Found } from './diagnose.ts';
import { CANNOT_BE_SET, COMPUTED_FIELDS, SYSTEM_FIELDS } from './known-answers.ts';

/** Tells apart why fields cannot be set: Jira has one text for all of it. */
export function diagnoseField({ facts, query, explanation }: Examined): Found | undefined {
  const errors = Object.entries(facts.errors ?? {});
  const refused = errors.filter(([, text]) => CANNOT_BE_SET.test(text)).map(([field]) => field);
  const [first] = refused;
  if (first === undefined) return undefined;
  const evidence = `Jira says that ${refused.join(', ').slice(0, 120)} cannot be set`;
  // Everybody who may edit an issue may set its summary.
  if (refused.some((field) => field === 'summary' || field === 'description')) {
    return explanation?.verdict.ok === true
      ? {
          cause: 'CS-PERMISSION',
          evidence: `${evidence}: not even a field that is on every screen.`,
          confidence: 'likely',
          fix: 'Give the app user the permission Edit Issues in this project.',
        }
      : {
          cause: 'CS-ANONYMOUS',
          evidence: `${evidence}: not even a field that is on every screen.`,
          confidence: 'likely',
        };
  }
  const computed = refused.find((field) => COMPUTED_FIELDS.has(field));
  if (computed !== undefined) {
    return {
      cause: 'CS-FIELD-READ-ONLY',
      evidence: `${evidence}; Jira computes ${computed}.`,
      confidence: 'certain',
    };
  }
  const ofApp = refused.find((field) => field.includes('__'));
  if (ofApp !== undefined) {
    return {
      cause: 'CS-FIELD-OF-APP',
      evidence: `${evidence}; ${ofApp.slice(0, 80)} is named as a field of an app.`,
      confidence: 'likely',
    };
  }
  const unknown = refused.find(
    (field) => !/^customfield_\d+$/.test(field) && !SYSTEM_FIELDS.has(field),
  );
  if (unknown !== undefined) {
    return {
      cause: 'CS-FIELD-UNKNOWN',
      evidence: `${evidence}; ${unknown.slice(0, 80)} is no id of a field.`,
      confidence: 'likely',
    };
  }
  if (query.get('overrideScreenSecurity') === 'true') {
    return {
      cause: 'CS-FIELD-UNKNOWN',
      evidence: `${evidence}, although overrideScreenSecurity is set.`,
      confidence: 'likely',
    };
  }
  return { cause: 'CS-FIELD-NOT-ON-SCREEN', evidence: `${evidence}.`, confidence: 'likely' };
}
