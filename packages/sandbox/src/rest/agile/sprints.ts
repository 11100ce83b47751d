import type { Context, Hono } from 'hono';
import type { StoredIssue } from '../../site/issues.ts';
import { Records, type StoredRecord } from '../../site/records.ts';
import type { Site } from '../../site/site.ts';
import type { RestEnv } from '../caller.ts';
import { failure, issueNotFound } from '../errors.ts';
import { readJson } from '../request-body.ts';
import { type Told, tell } from '../webhook-changes.ts';
import { agilePage, findBoard } from './boards.ts';

type SprintState = 'future' | 'active' | 'closed';

interface Sprint {
  boardId: number;
  name: string;
  goal?: string;
  state: SprintState;
  startDate?: string;
  endDate?: string;
  completeDate?: string;
  createdDate: string;
}

/** An issue that is in a sprint. */
interface Planned {
  sprintId: number;
}

const maximumNameLength = 30;
const maximumIssues = 50;
/** A sprint starts, and then it ends. */
const followers: Record<SprintState, readonly SprintState[]> = {
  future: ['future', 'active'],
  active: ['active', 'closed'],
  closed: ['closed'],
};

/** What becoming so is called. */
const stateEvents: Record<SprintState, string> = {
  future: 'sprint_updated',
  active: 'sprint_started',
  closed: 'sprint_closed',
};

export function addSprintRoutes(agile: Hono<RestEnv>): void {
  agile.get('/board/:board/sprint', (c) => {
    const board = findBoard(c);
    const states = c.req.query('state')?.split(',');
    const all = sprints(c.var.site)
      .all()
      .filter(({ data }) => data.boardId === board.id)
      .filter(({ data }) => states === undefined || states.includes(data.state));
    const { total: _, ...page } = agilePage(
      c,
      all.map((each) => sprintBody(c.var.site, each)),
    );
    return c.json(page);
  });

  agile.post('/sprint', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    if (typeof body.originBoardId !== 'number') {
      throw failure(400, "'originBoardId' is required.");
    }
    const board = findBoard(c, String(body.originBoardId));
    requireManageSprints(c, board.project.id);
    const { name, ...rest } = readSprint(body);
    if (name === undefined) throw failure(400, 'A sprint needs a name.');
    const sprint: Sprint = {
      boardId: board.id,
      state: 'future',
      createdDate: new Date(site.now()).toISOString(),
      name,
      ...rest,
    };
    const added = sprints(site).add(sprint);
    tell(c, sprintTold(site, 'sprint_created', added));
    return c.json(sprintBody(site, added), 201);
  });

  agile.get('/sprint/:sprint', (c) => c.json(sprintBody(c.var.site, findSprint(c))));

  agile.post('/sprint/:sprint', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    const before = manageableSprint(c);
    const { id, data } = before;
    const changed: Sprint = { ...data, ...readSprint(body) };
    const state = (body.state ?? data.state) as SprintState;
    if (!followers[data.state].includes(state)) {
      throw failure(400, `A sprint that is ${data.state} cannot become ${String(state)}.`);
    }
    if (state === 'active' && (changed.startDate === undefined || changed.endDate === undefined)) {
      throw failure(400, 'A sprint that starts needs a startDate and an endDate.');
    }
    if (state === 'closed' && data.state !== 'closed') {
      changed.completeDate = new Date(site.now()).toISOString();
    }
    sprints(site).update(id, { ...changed, state });
    const after = findSprint(c);
    const event = state === data.state ? 'sprint_updated' : stateEvents[state];
    tell(c, sprintTold(site, event, after, { oldValue: sprintBody(site, before) }));
    return c.json(sprintBody(site, after));
  });

  agile.delete('/sprint/:sprint', (c) => {
    const { site } = c.var;
    const sprint = manageableSprint(c);
    const { id } = sprint;
    sprints(site).remove(id);
    for (const each of planned(site).all()) {
      if (each.data.sprintId === id) planned(site).remove(each.id);
    }
    tell(c, sprintTold(site, 'sprint_deleted', sprint));
    return c.body(null, 204);
  });

  agile.post('/sprint/:sprint/issue', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    const { id, data } = manageableSprint(c);
    if (data.state === 'closed') throw failure(400, 'Issues cannot be moved to a closed sprint.');
    for (const issue of readIssues(c, body.issues)) {
      for (const each of planned(site).ofIssue(issue.id)) planned(site).remove(each.id);
      planned(site).add({ sprintId: id }, { issueId: issue.id });
    }
    return c.body(null, 204);
  });

  agile.post('/backlog/issue', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    for (const issue of readIssues(c, body.issues)) {
      for (const each of planned(site).ofIssue(issue.id)) planned(site).remove(each.id);
    }
    return c.body(null, 204);
  });
}

/** The ids of the issues that are in a sprint, or of those that are in any that has not ended. */
export function plannedIssueIds(site: Site, sprintId?: number): Set<number> {
  const open = new Set(
    sprints(site)
      .all()
      .filter(({ id, data }) =>
        sprintId === undefined ? data.state !== 'closed' : id === sprintId,
      )
      .map(({ id }) => id),
  );
  return new Set(
    planned(site)
      .all()
      .filter(({ data }) => open.has(data.sprintId))
      .map(({ issueId }) => issueId as number),
  );
}

export function findSprint(c: Context<RestEnv>): StoredRecord<Sprint> {
  const found = sprints(c.var.site).find(c.req.param('sprint') ?? '');
  if (!found) throw failure(404, 'Sprint does not exist.');
  findBoard(c, String(found.data.boardId));
  return found;
}

function sprintTold(
  site: Site,
  event: string,
  sprint: StoredRecord<Sprint>,
  details: Record<string, unknown> = {},
): Told {
  return {
    event,
    variables: { 'sprint.id': sprint.id, 'board.id': sprint.data.boardId },
    payload: () => ({ sprint: sprintBody(site, sprint), ...details }),
  };
}

function sprints(site: Site): Records<Sprint> {
  return new Records<Sprint>(site.database, 'sprint');
}

function planned(site: Site): Records<Planned> {
  return new Records<Planned>(site.database, 'planned-issue');
}

function manageableSprint(c: Context<RestEnv>): StoredRecord<Sprint> {
  const found = findSprint(c);
  requireManageSprints(c, findBoard(c, String(found.data.boardId)).project.id);
  return found;
}

function requireManageSprints(c: Context<RestEnv>, projectId: number): void {
  const { site, caller } = c.var;
  if (!site.permissions.holds(caller.accountId, 'MANAGE_SPRINTS_PERMISSION', projectId)) {
    throw failure(
      403,
      'You do not have permission to manage sprints on this board.',
      'The caller needs the permission MANAGE_SPRINTS_PERMISSION.',
    );
  }
}

function readSprint(body: Record<string, unknown>): Partial<Omit<Sprint, 'boardId' | 'state'>> {
  const { name, goal, startDate, endDate } = body;
  const isName = typeof name === 'string' && name !== '' && name.length <= maximumNameLength;
  if (name !== undefined && !isName) {
    throw failure(400, `A sprint name must have 1 to ${maximumNameLength} characters.`);
  }
  for (const [field, value] of Object.entries({ startDate, endDate })) {
    if (value !== undefined && Number.isNaN(Date.parse(String(value)))) {
      throw failure(400, `'${field}' must be a date in the ISO 8601 form.`);
    }
  }
  const given = { name, goal, startDate, endDate };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readIssues(c: Context<RestEnv>, names: unknown): StoredIssue[] {
  const { site, caller } = c.var;
  if (!Array.isArray(names) || names.length === 0 || names.length > maximumIssues) {
    throw failure(400, `'issues' must be an array of 1 to ${maximumIssues} ids or keys.`);
  }
  return names.map((name) => {
    const issue = site.issues.find(String(name));
    if (!issue || !site.permissions.holds(caller.accountId, 'EDIT_ISSUES', issue.projectId)) {
      throw failure(400, issueNotFound);
    }
    return issue;
  });
}

function sprintBody(
  site: Site,
  { id, data: { boardId, ...data } }: StoredRecord<Sprint>,
): Record<string, unknown> {
  return { id, self: `${site.url}/rest/agile/1.0/sprint/${id}`, ...data, originBoardId: boardId };
}
