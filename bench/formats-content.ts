import type { Random } from './random';

// Generated plans, each of the shape that real files of its format have.

const words = 'index reader store parser queue socket button price order mail cache token'.split(
  ' ',
);

function sentence(random: Random, length: number): string {
  const picked = Array.from({ length }, () => words[Math.floor(random() * words.length)] ?? '');
  return `${picked.join(' ')}.`;
}

/** Lines of `make` until the text has so many characters. */
function filled(characters: number, make: (position: number) => string): string {
  const parts: string[] = [];
  for (let size = 0; size < characters;) {
    const part = make(parts.length);
    parts.push(part);
    size += part.length;
  }
  return parts.join('');
}

/** A Task Master file: tasks with five subtasks, most of its bytes in `details`. */
export function taskMasterFile(random: Random, characters: number): string {
  const tasks: object[] = [];
  for (let size = 0; size < characters;) {
    const id = tasks.length + 1;
    const about = (status: string): object => ({
      title: sentence(random, 6),
      description: sentence(random, 20),
      details: `${sentence(random, 90)}\n- [ ] ${sentence(random, 8)}\n${sentence(random, 60)}`,
      status,
      testStrategy: sentence(random, 20),
    });
    const subtasks = Array.from({ length: 5 }, (_, index) => ({
      id: index + 1,
      ...about(random() < 0.5 ? 'done' : 'pending'),
      dependencies: index === 0 ? [] : [index],
    }));
    const dependencies = id === 1 ? [] : [id - 1];
    const task = { id, ...about('pending'), priority: 'high', dependencies, subtasks };
    size += JSON.stringify(task, null, 2).length;
    tasks.push(task);
  }
  return JSON.stringify({ master: { tasks, metadata: { description: 'Shop' } } }, null, 2);
}

/** A beads export: an issue a line, a third of them with dependencies, an epic to twenty. */
export function beadsFile(random: Random, characters: number): string {
  const at = '2026-01-01T08:00:00.123456789+02:00';
  const issue = (position: number): string => {
    const id = `shop-${position.toString(36)}`;
    const epic = position - (position % 20);
    const link = (to: number, type: string): object => ({
      issue_id: id,
      depends_on_id: `shop-${to.toString(36)}`,
      type,
      created_at: at,
      created_by: 'ann',
    });
    const below = position === epic ? [] : [link(epic, 'parent-child')];
    const after = position % 3 === 1 && position > 1 ? [link(position - 1, 'blocks')] : [];
    return `${JSON.stringify({
      id,
      title: sentence(random, 7),
      description: sentence(random, 70),
      status: random() < 0.7 ? 'closed' : 'open',
      priority: 2,
      issue_type: position === epic ? 'epic' : 'task',
      created_at: at,
      updated_at: at,
      closed_at: at,
      dependencies: [...below, ...after],
    })}\n`;
  };
  return filled(characters, issue);
}

/** A Backlog.md task's path below its folder, and its text. */
export function backlogTask(random: Random, id: number): { path: string; text: string } {
  const head = `id: task-${id}\ntitle: ${sentence(random, 6)}\nstatus: To Do\nassignee: []`;
  const more = `created_date: '2026-01-02'\nlabels: [web]\ndependencies: []\npriority: high`;
  const criteria = [1, 2, 3].map((number) => `- [ ] #${number} ${sentence(random, 9)}\n`).join('');
  return {
    path: `backlog/tasks/task-${id} - ${sentence(random, 3).replace(/[ .]/g, '-')}.md`,
    text: `---\n${head}\n${more}\n---\n\n## Description\n\n${sentence(random, 60)}\n\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n${criteria}<!-- AC:END -->\n`,
  };
}

/** A backlog that asks no other branch and no remote. */
export const backlogConfig =
  'project_name: "Shop"\nstatuses: ["To Do", "In Progress", "Done"]\nremote_operations: false\ncheck_active_branches: false\n';

const prose = (random: Random): string => `${sentence(random, 18)}\n${sentence(random, 14)}\n`;

/** A spec folder's task list: phases of ten tasks, as spec-kit writes them. */
export function specKitFile(random: Random, characters: number): string {
  return `# Tasks: Shop\n\n${filled(characters, (position) => {
    const head =
      position % 10 === 0 ? `\n## Phase ${position / 10 + 1}: Part\n\n${prose(random)}\n` : '';
    const id = `T${String(position + 1).padStart(3, '0')}`;
    const marks = position % 3 === 0 ? ' [P]' : '';
    return `${head}- [${random() < 0.5 ? 'x' : ' '}] ${id}${marks} [US1] ${sentence(random, 9)} in src/part${position}/index.ts\n`;
  })}`;
}

function openspecFile(random: Random, characters: number): string {
  return filled(characters, (position) => {
    const [group, item] = [Math.floor(position / 8) + 1, (position % 8) + 1];
    const head = item === 1 ? `\n## ${group}. ${sentence(random, 4)}\n\n` : '';
    return `${head}- [${random() < 0.5 ? 'x' : ' '}] ${group}.${item} ${sentence(random, 12)}\n`;
  });
}

/** Changes of one project. */
export const openspecFiles = {
  path: (change: number): string => `openspec/changes/change-${change}/tasks.md`,
  make: openspecFile,
};

function kiroFile(random: Random, characters: number): string {
  return `# Implementation Plan\n\n${filled(characters, (position) => {
    const [group, item] = [Math.floor(position / 5) + 1, (position % 5) + 1];
    const head = item === 1 ? `- [ ] ${group}. ${sentence(random, 5)}\n` : '';
    return `${head}  - [ ] ${group}.${item} ${sentence(random, 8)}\n    - ${sentence(random, 12)}\n    - ${sentence(random, 9)}\n    - _Requirements: ${group}.1, ${group}.2_\n`;
  })}`;
}

function runsheetFile(random: Random, characters: number): string {
  return `---\nrunsheet: 1\ntitle: Shop\n---\n${filled(characters, (position) => {
    const head = position % 10 === 0 ? `\n## Part ${position / 10}\n\n${prose(random)}\n` : '';
    const id = `T${position + 1}`;
    const after = position % 4 === 1 ? `  - depends: T${position}\n` : '';
    return `${head}- [ ] ${id} ${sentence(random, 8)}\n${after}  - files: src/part${position}.ts\n  - check: npm test\n  ${sentence(random, 12)}\n`;
  })}`;
}

function gsdFile(random: Random, characters: number): string {
  const front =
    '---\nphase: 01-shop\nplan: 01\ntype: execute\nwave: 1\ndepends_on: []\nfiles_modified: []\nautonomous: true\n---\n';
  const task = (position: number): string =>
    `<task type="auto">\n  <name>Task ${position + 1}: ${sentence(random, 5)}</name>\n  <files>src/part${position}.ts</files>\n  <action>${sentence(random, 60)}</action>\n  <verify>npm test</verify>\n  <done>${sentence(random, 9)}</done>\n</task>\n\n`;
  return `${front}<tasks>\n${filled(characters, task)}</tasks>\n`;
}

function codebaseMcpFile(random: Random, characters: number): string {
  return `# Tasks: Shop\n\n${filled(characters, (position) => {
    const head = position % 8 === 0 ? `\n## Phase 3.${position / 8 + 1}: Part\n\n` : '';
    const id = `T${String(position + 1).padStart(3, '0')}`;
    return `${head}- [ ] **${id}** [P] ${sentence(random, 9)} in \`src/part${position}.py\`\n  - **Dependencies**: None\n  - ${sentence(random, 14)}\n`;
  })}`;
}

function bmadFile(random: Random, characters: number): string {
  const head =
    '# Story 1.1: Shop\n\nStatus: in-progress\n\n## Story\n\nAs a buyer I want this.\n\n## Tasks / Subtasks\n\n';
  return `${head}${filled(characters, (position) => {
    const below = [1, 2].map(() => `  - [ ] ${sentence(random, 10)}\n`).join('');
    return `- [ ] Task ${position + 1}: ${sentence(random, 7)} (AC: 1)\n${below}`;
  })}`;
}

function checklistFile(random: Random, characters: number): string {
  return filled(characters, (position) => {
    const head = position % 10 === 0 ? `\n## Part ${position / 10}\n\n${prose(random)}\n` : '';
    return `${head}- [ ] ${sentence(random, 10)}\n`;
  });
}

/** Markdown plans with the paths that they are known by, by their formats. */
export const markdownFiles: Readonly<
  Record<string, { path: string; make: (random: Random, characters: number) => string }>
> = {
  runsheet: { path: 'shop.plan.md', make: runsheetFile },
  kiro: { path: '.kiro/specs/shop/tasks.md', make: kiroFile },
  openspec: { path: 'openspec/changes/shop/tasks.md', make: openspecFile },
  'spec-kit': { path: 'specs/001-shop/tasks.md', make: specKitFile },
  gsd: { path: '.planning/phases/01-shop/01-01-PLAN.md', make: gsdFile },
  'codebase-mcp': { path: 'specs/001-shop/tasks.md', make: codebaseMcpFile },
  bmad: { path: '_bmad-output/implementation-artifacts/1-1-shop.md', make: bmadFile },
  markdown: { path: 'TODO.md', make: checklistFile },
};
