// tsc leaves the output of deleted sources behind, so a build starts from an empty folder.
import { rmSync } from 'node:fs';

for (const folder of process.argv.slice(2)) rmSync(folder, { recursive: true, force: true });
