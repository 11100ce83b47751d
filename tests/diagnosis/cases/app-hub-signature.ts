import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a webhook of an administrator',
  expected: 'CS-KIND-HUB-SIGNATURE',
  to: 'app',
  async send({ appUrl }) {
    await fetch(`${appUrl}/page`, {
      headers: {
        Authorization: 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9',
      },
    });
  },
};
