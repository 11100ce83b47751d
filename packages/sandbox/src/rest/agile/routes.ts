import { Hono } from 'hono';
import type { RestEnv } from '../caller.ts';
import { addBoardRoutes } from './boards.ts';
import { addAgileIssueRoutes, addBoardIssueRoutes } from './issues.ts';
import { addSprintRoutes } from './sprints.ts';

/** Jira Software, below /rest/agile/1.0. */
export function agileResources(): Hono<RestEnv> {
  const agile = new Hono<RestEnv>();
  addBoardRoutes(agile);
  addSprintRoutes(agile);
  addAgileIssueRoutes(agile);
  return agile;
}

/** Its lists of issues, below /rest/software/1.0. */
export function softwareResources(): Hono<RestEnv> {
  const software = new Hono<RestEnv>();
  addBoardIssueRoutes(software);
  return software;
}
