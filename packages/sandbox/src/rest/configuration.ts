import type { Hono } from 'hono';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';

const timeTracking = {
  workingHoursPerDay: 8,
  workingDaysPerWeek: 5,
  timeFormat: 'pretty',
  defaultUnit: 'minute',
};

export function addConfigurationRoutes(rest: Hono<RestEnv>): void {
  rest.get('/configuration', (c) => {
    requireAccount(c);
    return c.json({
      votingEnabled: true,
      watchingEnabled: true,
      unassignedIssuesAllowed: true,
      subTasksEnabled: false,
      issueLinkingEnabled: true,
      timeTrackingEnabled: true,
      attachmentsEnabled: true,
      timeTrackingConfiguration: timeTracking,
    });
  });
}
