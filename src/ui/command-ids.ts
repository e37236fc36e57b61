import { editorCommands } from '../protocol/editor-commands';

/** Every command of the extension; those that code lenses use are defined beside the protocol. */
export const commandIds = {
  ...editorCommands,
  verifyOneCheck: 'runsheet.verifyOneCheck',
  confirmCheck: 'runsheet.confirmCheck',
  stopRun: 'runsheet.stopRun',
  stopPhase: 'runsheet.stopPhase',
  stopAll: 'runsheet.stopAll',
  pausePhase: 'runsheet.pausePhase',
  resumePhase: 'runsheet.resumePhase',
  cancelPlan: 'runsheet.cancelPlan',
  skipPhase: 'runsheet.skipPhase',
  resetPhase: 'runsheet.resetPhase',
  cancelSubtask: 'runsheet.cancelSubtask',
  blockSubtask: 'runsheet.blockSubtask',
  resumeAgent: 'runsheet.resumeAgent',
  showRunDiff: 'runsheet.showRunDiff',
  openAtLine: 'runsheet.openAtLine',
  openPanel: 'runsheet.openPanel',
  showActivity: 'runsheet.showActivity',
  overrideGate: 'runsheet.overrideGate',
  reopenGate: 'runsheet.reopenGate',
  openGate: 'runsheet.openGate',
  rejectSubtask: 'runsheet.rejectSubtask',
  acknowledgeEscalation: 'runsheet.acknowledgeEscalation',
  resolveEscalation: 'runsheet.resolveEscalation',
  confirmTrigger: 'runsheet.confirmTrigger',
  declineTrigger: 'runsheet.declineTrigger',
  allowOnce: 'runsheet.allowOnce',
  rejectOnce: 'runsheet.rejectOnce',
  answerPermission: 'runsheet.answerPermission',
  acceptClaim: 'runsheet.acceptClaim',
  markDone: 'runsheet.markDone',
  skipSubtask: 'runsheet.skipSubtask',
  resetSubtask: 'runsheet.resetSubtask',
  retrySubtask: 'runsheet.retrySubtask',
  copyId: 'runsheet.copyId',
  chooseAgent: 'runsheet.chooseAgent',
  editSpec: 'runsheet.editSpec',
  setBudget: 'runsheet.setBudget',
  convertPlan: 'runsheet.convertPlan',
  createPlan: 'runsheet.createPlan',
  writeReport: 'runsheet.writeReport',
  importReport: 'runsheet.importReport',
  writeProgressLog: 'runsheet.writeProgressLog',
  openPlanFile: 'runsheet.openPlanFile',
  filterPlans: 'runsheet.filterPlans',
  clearPlanFilter: 'runsheet.clearPlanFilter',
  reclaimDiskSpace: 'runsheet.reclaimDiskSpace',
  showLog: 'runsheet.showLog',
  restartEngine: 'runsheet.restartEngine',
} as const;
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewIds = {
  container: 'runsheet',
  needs: 'runsheet.needs',
  plans: 'runsheet.plans',
  runs: 'runsheet.runs',
} as const;

/** Keys of `when` clauses in the manifest. */
export const contextKeys = {
  /** The engine answered: an empty tree means that nothing is there. */
  ready: 'runsheet.ready',
  hasNeeds: 'runsheet.hasNeeds',
  running: 'runsheet.running',
  filtered: 'runsheet.filtered',
} as const;

export const panelType = 'runsheet.panel';

export const settingsSection = 'runsheet';
export const settingKeys = {
  agent: 'agent',
  workers: 'workers',
  autoOpenPanel: 'autoOpenPanel',
  notifications: 'notifications',
} as const;
