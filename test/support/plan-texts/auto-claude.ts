/** A plan that uses most of what the format has. */
export const autoClaudeText = {
  path: '.auto-claude/specs/001-search/implementation_plan.json',
  text: `{
  "feature": "Shop search",
  "workflow_type": "feature",
  "phases": [
    {
      "id": "phase-1-index",
      "phase": 1,
      "name": "Index",
      "depends_on": [],
      "parallel_safe": false,
      "subtasks": [
        {
          "id": "subtask-1-1",
          "description": "Build the index. It holds all articles.",
          "files_to_create": ["src/index.js"],
          "service": "main",
          "verification": { "type": "command", "command": "node --test", "expected": "OK" },
          "status": "completed"
        },
        {
          "id": "subtask-1-2",
          "description": "Keep it fresh",
          "files_to_modify": ["src/index.js"],
          "verification": { "type": "manual", "instructions": "Look at it" },
          "status": "pending"
        }
      ]
    },
    {
      "id": "phase-2-page",
      "name": "Page",
      "depends_on": [1],
      "parallel_safe": true,
      "subtasks": [
        { "id": "subtask-2-1", "description": "Show results", "status": "done" },
        { "id": "subtask-2-2", "description": "No status yet" }
      ]
    }
  ],
  "summary": { "total_phases": 2, "total_subtasks": 4 }
}`,
};
