/** docs/errors.md, made from the catalogue. Without arguments it writes the page; with --check it compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { errorCatalogue } from '../packages/countersign/src/errors.ts';

const CLASSES = [
  ['CONFIG_', 'ConfigError', 'The developer must act, at start.', ''],
  [
    'TOKEN_',
    'TokenError',
    'The sender of the request must act.',
    'Has `claim`: the claim at fault, if it is one.',
  ],
  [
    'INSTALLATION_',
    'InstallationError',
    'An administrator or the operator must act.',
    'Has `clientKey`: the installation, if one was named.',
  ],
  ['KEY_SOURCE_', 'KeySourceError', 'The network or Atlassian must act.', ''],
  ['STORE_', 'StoreError', 'The operator must act.', ''],
  ['QUEUE_', 'QueueError', 'The operator must act.', ''],
  [
    'JIRA_',
    'JiraApiError',
    'The author of the app must act.',
    "Has `method`, `path` (without its query), `status`, Jira's `errorMessages` and `errors`, and `retryAfterSeconds`.",
  ],
] as const;

const intro = `# Errors

Every error of Countersign is one of seven classes, by who must act. Each has a \`code\` that never changes its meaning, a
\`message\` that says what happened and a \`hint\` that says what to do next; none ever holds a secret or a token.
\`switch (error.code)\` narrows to the class, and the guards (\`isTokenError\`, \`isJiraApiError\`, …) also know errors of a
second copy of the package.

\`\`\`ts
import { createApp, isCountersignError, isJiraApiError, memoryStore } from 'countersign';
import descriptor from './atlassian-connect.json' with { type: 'json' };

const app = createApp({ descriptor, appUrl: 'https://app.example.com', store: memoryStore() });
try {
  await app.jira('a-client-key').get('/rest/api/3/myself');
} catch (error) {
  if (isJiraApiError(error) && error.code === 'JIRA_RATE_LIMITED') console.log(error.retryAfterSeconds);
  else if (isCountersignError(error)) console.log(error.code, error.message, error.hint);
  else throw error;
}
\`\`\`

The app logs the reason of every refusal. The caller is told the HTTP status and no more: \`{"error":"unauthorized"}\`
for everything that is 401, so that an unknown installation looks like a wrong signature. A store, a queue or a key
host that is down is 503, never 401.
`;

const sections = CLASSES.map(([prefix, name, who, extra]) => {
  const rows = Object.entries(errorCatalogue)
    .filter(([code]) => code.startsWith(prefix))
    .map(([code, { httpStatus, hint }]) => `### ${code}\n\nHTTP ${httpStatus}. ${hint}\n`);
  return [`## ${name}`, '', `${who} ${extra}`.trim(), '', ...rows].join('\n');
});

const page = [intro, ...sections].join('\n');
const file = new URL('../docs/errors.md', import.meta.url);
if (!process.argv.includes('--check')) writeFileSync(file, page);
else if (readFileSync(file, 'utf8') !== page) {
  console.error('docs/errors.md differs from the catalogue. Run `npm run docs` and commit it.');
  process.exit(1);
}
