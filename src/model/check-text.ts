import { displayCommand, type Validator } from './validator';

/** A check as people read it: its label, else what it asks. */
export function checkText(check: Validator): string {
  if (check.label !== undefined) return check.label;
  switch (check.type) {
    case 'test_pass':
    case 'lint_clean':
      return displayCommand(check.config.command);
    case 'file_exists':
      return `${check.config.should_exist ? 'exists' : 'does not exist'} ${check.config.path}`;
    case 'forbidden_patterns':
      return `none of ${check.config.patterns.join(', ')}`;
    case 'test_enforcement':
      return `tests in ${check.config.test_file_pattern}`;
    case 'diff':
      return check.config.only_declared_files ? 'only declared files change' : 'something changes';
    case 'http':
      return `${check.config.url} answers ${check.config.status}`;
    case 'agent_review':
      return `review: ${check.config.criteria.join('; ')}`;
    case 'manual':
      return check.config.instruction;
  }
}
