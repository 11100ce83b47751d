import axios from 'axios';
import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an access token at the URL of the site',
  expected: 'CS-FORGE-SITE-URL',
  to: 'jira',
  credential: 'oauth',
  async send({ siteUrl, accessToken }) {
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `Bearer ${await accessToken()}` },
    });
  },
};
