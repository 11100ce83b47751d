/** Makes files executable: npm does so when it installs a package, but not again when a build has replaced them. */
import { chmodSync } from 'node:fs';

for (const file of process.argv.slice(2)) chmodSync(file, 0o755);
