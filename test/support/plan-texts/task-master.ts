/** A plan that uses most of what the format has. */
export const taskMasterText = {
  path: '.taskmaster/tasks/tasks.json',
  text: `{
  "master": {
    "tasks": [
      {
        "id": 1,
        "title": "Keep notes",
        "description": "Notes are kept in a file.",
        "details": "One file for each day.\\n- [ ] no task",
        "testStrategy": "Write two notes and read them",
        "status": "in-progress",
        "priority": "high",
        "dependencies": [],
        "updatedAt": "2026-01-02T03:04:05.678Z",
        "subtasks": [
          {
            "id": 1,
            "title": "Choose a place",
            "status": "done",
            "dependencies": [],
            "updatedAt": "2026-01-02T03:04:05Z"
          },
          {
            "id": "1.2",
            "title": "Write \\u0026 read",
            "status": "pending",
            "dependencies": [1, "2"],
            "acceptanceCriteria": ["It is read as it was written"]
          },
          {
            "id": 3,
            "title": "Look back",
            "description": "The week at a glance"
          }
        ]
      },
      { "id": 2, "title": "Names", "status": "cancelled", "dependencies": [] },
      { "id": "3", "title": "Search", "status": "review", "dependencies": ["1.2", 2], "priority": "low" },
      {
        "id": 4,
        "title": "Colours",
        "status": "pending",
        "dependencies": [1],
        "subtasks": [{ "id": 1, "title": "Dark", "status": "pending", "dependencies": null }]
      }
    ],
    "metadata": { "created": "2026-01-01", "updated": "2026-01-02T03:04:05.678Z" }
  },
  "someday": { "metadata": { "description": "What can wait" }, "tasks": [] }
}
`,
};
