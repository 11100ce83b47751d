import type { Context, Hono } from 'hono';
import { type Project, projectType } from '../../site/projects.ts';
import type { Site } from '../../site/site.ts';
import { requireAccount } from '../account.ts';
import { avatarUrl, avatarUrls } from '../avatars.ts';
import type { RestEnv } from '../caller.ts';
import { failure } from '../errors.ts';
import { readPage } from '../paging.ts';
import { visibleProjects } from '../projects.ts';
import { versionBodies } from '../versions.ts';

/** Every software project of the site has one scrum board. */
export interface Board {
  id: number;
  project: Project;
}

export function addBoardRoutes(agile: Hono<RestEnv>): void {
  agile.get('/board', (c) => {
    const { projectKeyOrId, type, name } = c.req.query();
    const all = boards(c)
      .filter(({ project: { id, key } }) =>
        projectKeyOrId === undefined ? true : [String(id), key].includes(projectKeyOrId),
      )
      .filter(() => type === undefined || type.split(',').includes('scrum'))
      .filter((board) =>
        nameOf(board)
          .toLowerCase()
          .includes(name?.toLowerCase() ?? ''),
      );
    return c.json(
      agilePage(
        c,
        all.map((board) => boardBody(c.var.site, board)),
      ),
    );
  });

  agile.get('/board/:board', (c) => c.json(boardBody(c.var.site, findBoard(c))));

  agile.get('/board/:board/configuration', (c) => {
    const { site } = c.var;
    const board = findBoard(c);
    return c.json({
      id: board.id,
      name: nameOf(board),
      type: 'scrum',
      self: `${site.url}/rest/agile/1.0/board/${board.id}/configuration`,
      location: {
        type: 'project',
        key: board.project.key,
        id: String(board.project.id),
        self: `${site.url}/rest/api/2/project/${board.project.id}`,
        name: board.project.name,
      },
      subQuery: { query: '' },
      columnConfig: {
        columns: site.projects.statuses().map(({ id, name }) => ({
          name,
          statuses: [{ id: String(id), self: `${site.url}/rest/api/2/status/${id}` }],
        })),
        constraintType: 'none',
      },
      estimation: {
        type: 'field',
        field: { fieldId: 'customfield_10050', displayName: 'Story points' },
      },
    });
  });

  agile.get('/board/:board/project', (c) => {
    const { site } = c.var;
    const { project } = findBoard(c);
    const { id, key, name } = project;
    return c.json(
      agilePage(c, [
        {
          self: `${site.url}/rest/api/2/project/${id}`,
          id: String(id),
          key,
          name,
          avatarUrls: avatarUrls(site, 'project'),
          projectTypeKey: projectType(project),
          simplified: false,
        },
      ]),
    );
  });

  agile.get('/board/:board/version', (c) => {
    const { site } = c.var;
    const values = versionBodies(site, findBoard(c).project.id, 2).map(
      ({ self, id, projectId, name, description, archived, released, releaseDate }) => ({
        self,
        id: Number(id),
        ...{ projectId, name, description, archived, released, releaseDate },
      }),
    );
    return c.json(agilePage(c, values));
  });

  // The site has no epics, and no quick filters.
  for (const path of ['/board/:board/epic', '/board/:board/quickfilter']) {
    agile.get(path, (c) => {
      findBoard(c);
      return c.json(agilePage(c, []));
    });
  }
}

function boards(c: Context<RestEnv>): Board[] {
  requireAccount(c);
  return visibleProjects(c.var.site, c.var.caller)
    .filter((project) => projectType(project) === 'software')
    .map((project, index) => ({ id: index + 1, project }));
}

export function findBoard(c: Context<RestEnv>, id: string = c.req.param('board') ?? ''): Board {
  const board = boards(c).find((each) => String(each.id) === id);
  if (!board) {
    throw failure(
      404,
      'Requested board cannot be viewed because it either does not exist or you do not have permission to view it.',
    );
  }
  return board;
}

export function agilePage(
  c: Context<RestEnv>,
  all: readonly unknown[],
): {
  maxResults: number;
  startAt: number;
  total: number;
  isLast: boolean;
  values: readonly unknown[];
} {
  const { startAt, maxResults } = readPage(c, 50);
  const values = all.slice(startAt, startAt + maxResults);
  const isLast = startAt + values.length >= all.length;
  return { maxResults, startAt, total: all.length, isLast, values };
}

function nameOf({ project }: Board): string {
  return `${project.key} board`;
}

function boardBody(site: Site, board: Board): Record<string, unknown> {
  const { id, project } = board;
  return {
    id,
    self: `${site.url}/rest/agile/1.0/board/${id}`,
    name: nameOf(board),
    type: 'scrum',
    location: {
      projectId: project.id,
      displayName: `${project.name} (${project.key})`,
      projectName: project.name,
      projectKey: project.key,
      projectTypeKey: projectType(project),
      avatarURI: avatarUrl(site, 'project'),
      name: `${project.name} (${project.key})`,
    },
    isPrivate: false,
  };
}
