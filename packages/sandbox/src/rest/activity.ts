import { adminAccountId } from '../site/seed.ts';
import type { Site } from '../site/site.ts';
import { userBody } from './users.ts';

/** The admin deactivates a person, or takes that back. Throws where there is no such person. */
export function setActive(site: Site, accountId: string, active: boolean): void {
  site.users.setActive(accountId, active);
  site.events.emit('change', {
    event: 'user_updated',
    flow: 'Primary',
    accountId: adminAccountId,
    variables: { 'modifiedUser.accountId': accountId },
    payload: () => ({ user: userBody(site, accountId, 2) }),
  });
}
