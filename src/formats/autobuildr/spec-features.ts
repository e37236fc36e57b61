import {
  phaseDefaults,
  subtaskDefaults,
  type Phase,
  type Problem,
  type Subtask,
} from '../../model/plan';
import { distinct } from '../graph';
import { Keys } from '../keys';
import { danglingDependency, duplicateId, selfDependency } from '../problems';
import { contentOf, type SpecText } from './spec-text';
import { findElement, findElements, type Element } from './spec-scan';

/** The indexed features of a specification, by their categories; empty where it has none. */
export function readFeatures(spec: SpecText, project: Element, problems: Problem[]): Phase[] {
  const core = findElement(project, 'core_features');
  if (core === undefined) return [];
  const keys = new Keys();
  const phaseKeys = new Keys();
  const categories = findElements(core, ({ name }) => name === 'category' || isFeature(name));
  const phases: Phase[] = [];
  for (const element of categories) {
    const features = isFeature(element.name)
      ? [element]
      : findElements(element, ({ name }) => isFeature(name));
    const subtasks = features
      .filter(({ attributes }) => attributes.has('index'))
      .map((feature) => readFeature(spec, feature, keys, problems));
    if (subtasks.length === 0) continue;
    const last = phases.at(-1);
    // Features between the categories stand in one phase without a name.
    if (isFeature(element.name) && last?.id === null) last.subtasks.push(...subtasks);
    else phases.push(phaseOf(spec, element, phaseKeys, subtasks));
  }
  problems.push(...wrongLinks(spec, phases));
  return phases;
}

function isFeature(name: string): boolean {
  return name === 'feature';
}

function phaseOf(spec: SpecText, element: Element, keys: Keys, subtasks: Subtask[]): Phase {
  const line = spec.lines.lineAt(element.start);
  const name = isFeature(element.name) ? null : (element.attributes.get('name')?.trim() ?? '');
  const { key } = keys.take(name ?? '', line);
  return {
    ...phaseDefaults,
    key,
    id: name === null ? null : key,
    title: name ?? 'Features',
    dependsOn: [],
    subtasks,
    line,
    range: { start: element.start, end: element.contentStart },
  };
}

function readFeature(spec: SpecText, feature: Element, keys: Keys, problems: Problem[]): Subtask {
  const { attributes, start, contentStart, contentEnd } = feature;
  const at = {
    line: spec.lines.lineAt(start),
    range: { start, end: contentStart },
    path: spec.path,
  };
  const id = attributes.get('index')?.trim() ?? '';
  const { key, firstLine } = keys.take(id, at.line);
  if (firstLine !== null) problems.push(duplicateId(at, id, firstLine));
  const described = findElement(feature, 'description');
  const text = contentOf(spec, described ?? feature);
  const files = listIn(attributes.get('touches_files'));
  return {
    ...subtaskDefaults,
    key,
    keyOrigin: 'declared',
    id,
    title: (text.split(/[;\n]/, 1)[0]?.trim() ?? '').slice(0, 300) || `Feature ${id}`,
    detail: text,
    dependsOn: distinct(
      listIn(attributes.get('depends_on')).map((other) => ({
        id: other,
        kind: 'declared',
        range: at.range,
      })),
    ),
    files,
    labels: ['shape', 'plugin'].flatMap((name) => {
      const value = attributes.get(name);
      return value === undefined ? [] : [`${name}:${value}`];
    }),
    verification: [],
    checks: [],
    line: at.line,
    range: { start, end: contentEnd },
  };
}

function listIn(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function wrongLinks({ path }: SpecText, phases: readonly Phase[]): Problem[] {
  const subtasks = phases.flatMap((phase) => phase.subtasks);
  const keys = new Set(subtasks.map(({ key }) => key));
  return subtasks.flatMap(({ key, id, line, dependsOn }) =>
    dependsOn.flatMap((dependency): Problem[] => {
      const at = { line, range: dependency.range, path };
      if (!keys.has(dependency.id)) return [danglingDependency(at, id, dependency.id)];
      return dependency.id === key ? [selfDependency(at, id)] : [];
    }),
  );
}
