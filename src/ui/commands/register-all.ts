import { Disposable } from 'vscode';
import type { Services } from '../services';
import { registerAnswerPermission } from './answer-permission';
import { registerChooseAgent } from './choose-agent';
import { registerConvertPlan } from './convert-plan';
import { registerCopyId } from './copy-id';
import { registerCreatePlan } from './create-plan';
import { registerDecideEscalation } from './decide-escalation';
import { registerDecideFiring } from './decide-firing';
import { registerDecideGate } from './decide-gate';
import { registerDecidePhase } from './decide-phase';
import { registerDecideSubtask } from './decide-subtask';
import { registerEditSpec } from './edit-spec';
import { registerFilterPlans } from './filter-plans';
import { registerImportReport } from './import-report';
import { registerOpenAtLine } from './open-at-line';
import { registerOpenPanel } from './open-panel';
import { registerOpenPlanFile } from './open-plan-file';
import { registerPauseRuns } from './pause-runs';
import { registerReclaimDiskSpace } from './reclaim-disk-space';
import { registerRejectSubtask } from './reject-subtask';
import { registerRestartEngine } from './restart-engine';
import { registerResumeAgent } from './resume-agent';
import { registerRetrySubtask } from './retry-subtask';
import { registerRunPhase } from './run-phase';
import { registerRunPlan } from './run-plan';
import { registerRunSubtask } from './run-subtask';
import { registerSetBudget } from './set-budget';
import { registerShowActivity } from './show-activity';
import { registerShowLog } from './show-log';
import { registerShowRun } from './show-run';
import { registerShowRunDiff } from './show-run-diff';
import { registerStopAll } from './stop-all';
import { registerStopPhase } from './stop-phase';
import { registerStopPlan } from './stop-plan';
import { registerStopRun } from './stop-run';
import { registerVerifySubtask } from './verify-subtask';
import { registerWriteProgressLog } from './write-progress-log';
import { registerWriteReport } from './write-report';

const registrations: readonly ((services: Services) => Disposable)[] = [
  registerAnswerPermission,
  registerChooseAgent,
  registerConvertPlan,
  registerCopyId,
  registerCreatePlan,
  registerDecideEscalation,
  registerDecideFiring,
  registerDecideGate,
  registerDecidePhase,
  registerDecideSubtask,
  registerEditSpec,
  registerFilterPlans,
  registerImportReport,
  registerOpenAtLine,
  registerOpenPanel,
  registerOpenPlanFile,
  registerPauseRuns,
  registerReclaimDiskSpace,
  registerRejectSubtask,
  registerRestartEngine,
  registerResumeAgent,
  registerRetrySubtask,
  registerRunPhase,
  registerRunPlan,
  registerRunSubtask,
  registerSetBudget,
  registerShowActivity,
  registerShowLog,
  registerShowRun,
  registerShowRunDiff,
  registerStopAll,
  registerStopPhase,
  registerStopPlan,
  registerStopRun,
  registerVerifySubtask,
  registerWriteProgressLog,
  registerWriteReport,
];

/** Every command that the manifest contributes. */
export function registerCommands(services: Services): Disposable {
  return Disposable.from(...registrations.map((registration) => registration(services)));
}
