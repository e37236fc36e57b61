import type { Workspace } from './workspace';

export const subtaskIds = Array.from(
  { length: 20 },
  (_, index) => `T${String(index + 1).padStart(2, '0')}`,
);

/** Program of a subtask: needs the files of others, takes a random while, writes one of its own. */
const work = `#!/bin/sh
# work.sh FILE NEEDED...
file=$1
shift
for needed in "$@"; do
  grep -q "^$needed is finished$" "$needed" || { echo "$needed is not finished" >&2; exit 1; }
done
mkdir -p "$(dirname "$file")"
echo "half of it" > "$file"
case $file in
  # A tool in a session of its own, which only the mark in its environment betrays.
  *[37].txt) command -v setsid > /dev/null && (setsid sleep 300 > /dev/null 2>&1 &) ;;
esac
sleep "0.$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')"
for step in 1 2 3; do echo "step $step of $file"; sleep 0.03; done
echo "$file is finished" > "$file"
`;

const check = `#!/bin/sh
# check.sh FILE
grep -q "^$1 is finished$" "$1" && [ "$(wc -l < "$1")" -eq 1 ]
`;

export const generatedPrograms = { 'tools/work.sh': work, 'tools/check.sh': check };

export interface GeneratedPlan {
  path: string;
  text: string;
  /** The file that a subtask writes. */
  fileOf(id: string): string;
}

/** A plan of three phases whose subtasks depend on earlier ones at random. */
export function generatePlan(number: number): GeneratedPlan {
  const fileOf = (id: string): string => `out/${number}/${id}.txt`;
  const lines = [`# Generated plan ${number}`, ''];
  for (const [index, id] of subtaskIds.entries()) {
    if (index % 7 === 0) lines.push(`## Phase ${index / 7 + 1}`, '');
    const wanted = Math.min(index, Math.floor(Math.random() * 3));
    const earlier = [...subtaskIds.slice(0, index)].sort(() => Math.random() - 0.5);
    const needed = earlier.slice(0, wanted).sort();
    lines.push(`- [ ] ${id} Write ${fileOf(id)}`, `  - files: ${fileOf(id)}`);
    if (needed.length > 0) lines.push(`  - depends: ${needed.join(', ')}`);
    lines.push(`  - run: sh tools/work.sh ${[id, ...needed].map(fileOf).join(' ')}`);
    lines.push(`  - check: exists ${fileOf(id)}`, `  - check: sh tools/check.sh ${fileOf(id)}`);
  }
  return { path: `generated-${number}.plan.md`, text: `${lines.join('\n')}\n`, fileOf };
}

/** Puts a plan into the repository. */
export function addPlan(workspace: Workspace, plan: GeneratedPlan): void {
  workspace.repository.commit({ [plan.path]: plan.text }, `Plan ${plan.path}`);
}
