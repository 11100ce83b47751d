import axios from 'axios';
import type { Case } from '../case.ts';
import { jsonwebtoken } from '../libraries.ts';

export const test: Case = {
  name: 'an impersonation assertion sent to Jira',
  expected: 'CS-KIND-ASSERTION',
  async send({ siteUrl, sharedSecret }) {
    const assertion = jsonwebtoken.sign(
      {
        iss: 'urn:atlassian:connect:clientid:abc',
        sub: 'urn:atlassian:connect:useraccountid:5b10',
        tnt: siteUrl,
        aud: 'https://oauth-2-authorization-server.services.atlassian.com',
      },
      sharedSecret,
      { expiresIn: 60 },
    );
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `JWT ${assertion}` },
    });
  },
};
