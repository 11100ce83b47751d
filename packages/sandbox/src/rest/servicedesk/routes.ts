import { Hono } from 'hono';
import type { RestEnv } from '../caller.ts';
import { addServiceDeskRoutes } from './desks.ts';
import { addRequestRoutes } from './requests.ts';

/** Jira Service Management, below /rest/servicedeskapi. */
export function serviceDeskResources(): Hono<RestEnv> {
  const rest = new Hono<RestEnv>();
  addServiceDeskRoutes(rest);
  addRequestRoutes(rest);
  return rest;
}
