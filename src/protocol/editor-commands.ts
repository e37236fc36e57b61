/**
 * Commands that the language server puts into code lenses and the extension registers. Arguments
 * survive JSON.
 */
export const editorCommands = {
  runPlan: 'runsheet.runPlan',
  runPhase: 'runsheet.runPhase',
  runSubtask: 'runsheet.runSubtask',
  stopPlan: 'runsheet.stopPlan',
  stopSubtask: 'runsheet.stopSubtask',
  pausePlan: 'runsheet.pausePlan',
  resumePlan: 'runsheet.resumePlan',
  pauseSubtask: 'runsheet.pauseSubtask',
  resumeSubtask: 'runsheet.resumeSubtask',
  continueSubtask: 'runsheet.continueSubtask',
  verifySubtask: 'runsheet.verifySubtask',
  showRun: 'runsheet.showRun',
  approveGate: 'runsheet.approveGate',
  rejectGate: 'runsheet.rejectGate',
} as const;

/** The argument of each of them: the plan by id, the thing by its key (a run, a gate by id). */
export interface EditorCommandTarget {
  planId: string;
  key?: string;
  id?: string;
}
