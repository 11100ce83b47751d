import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds both packages once, so that what is tested by name is never older than its sources. */
export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  });
}
