import { t } from '@vscode/l10n';
import { Disposable, window, type QuickPickItem } from 'vscode';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import {
  filterGroups,
  groupWord,
  showAll,
  type FilterGroup,
  type PlanFilter,
} from '../tree/plan-filter';
import { register } from './register';

interface GroupItem extends QuickPickItem {
  group: FilterGroup;
}

/** Filters the Plans view by status and text, or shows everything again. */
export function registerFilterPlans({
  errors,
  plans,
}: Pick<Services, 'errors' | 'plans'>): Disposable {
  return Disposable.from(
    register(commandIds.filterPlans, errors, async () => {
      const filter = await askFilter(plans.filter);
      if (filter !== undefined) plans.setFilter(filter);
    }),
    register(commandIds.clearPlanFilter, errors, () => {
      plans.setFilter(showAll);
      return Promise.resolve();
    }),
  );
}

/** What is typed is the text, what is ticked are the statuses. */
function askFilter(current: PlanFilter): Promise<PlanFilter | undefined> {
  const pick = window.createQuickPick<GroupItem>();
  // Items stay visible whatever is typed.
  pick.items = filterGroups.map((group) => ({ group, label: groupWord(group), alwaysShow: true }));
  pick.title = t('Filter plans');
  pick.placeholder = t('Text in id, title or label; ticked statuses only');
  pick.canSelectMany = true;
  pick.value = current.text;
  pick.selectedItems = pick.items.filter((item) => current.groups.has(item.group));
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const groups = new Set(pick.selectedItems.map((item) => item.group));
      resolve({ groups, text: pick.value.trim() });
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
