import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { sendRaw } from '../wire.ts';

export const test: Case = {
  name: 'the whole query escaped into the path',
  expected: 'CS-QSH-QUERY-IN-PATH',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(
          jwt.fromMethodAndUrl('GET', `/rest/api/3/search/jql?jql=project=XX`),
        ),
      },
      sharedSecret,
    );
    const target = encodeURI('/rest/api/3/search/jql').concat(
      encodeURIComponent('?jql=project=XX'),
    );
    await sendRaw(`${siteUrl}${target}`, { headers: [`Authorization: JWT ${token}`] });
  },
};
