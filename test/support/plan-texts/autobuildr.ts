/** A feature list that uses most of what the format has. */
export const autobuildrText = {
  path: 'feature_list.json',
  text: `{
  "project": "Shop",
  "description": "Search for the shop",
  "completed_features": 2,
  "total_features": 6,
  "phases": [
    { "id": "P1", "name": "Index" },
    { "id": "P2", "name": "Page" }
  ],
  "rules": ["One at a time"],
  "status_legend": { "not_started": "open", "active": "being worked on", "passing": "shown to work" },
  "features": [
    {
      "id": "F001",
      "phase": "P1",
      "category": "functional",
      "priority": "high",
      "description": "The index holds all articles. It is built at night.",
      "steps": ["Step 1: Build it", "Step 2: Count the articles"],
      "files": ["src/index.js"],
      "verification_command": "node --test",
      "passes": true
    },
    {
      "id": "F002",
      "phase": "P1",
      "title": "Keep the index fresh",
      "notes": "Only what changed",
      "dependencies": ["F001"],
      "passes": false
    },
    { "id": "F003", "phase": "P2", "name": "Show results", "depends_on": "F001, F002", "status": "passing" },
    { "id": "F004", "phase": "P2", "name": "Sort results", "blocked_by": ["F003"], "status": "active" },
    { "phase": "P2", "name": "Page through", "depends_on_indices": [2], "state": "not_started" },
    { "phase": "P2", "name": "No status yet", "scope": ["src/page.js"] }
  ]
}
`,
};

/** The log beside that list. */
export const progressLog = {
  path: 'claude-progress.txt',
  text: `# Shop progress

## Session: 2026-03-04

### Feature #1: Index of articles - COMPLETED

**Status:** PASSING

**Verification Summary:**
- Step 1: Built it - PASS (in 3 s)
- Step 2: Counted - FAIL

**Files Modified:**
- \`src/index.js\`: new
- \`test/index.test.js\`

### Feature #2: Fresh - each night

- Status: IN PROGRESS

## Session: 2026-03-05

### ✅ Feature #4: Sorting ✅

### Feature #4: Sorting - FAILED (again)

**Current Progress:**
- Feature #1: Index of articles - PASSING
- Total: 1/6 features passing
`,
};

/** A specification with steps. */
export const appSpec = {
  path: 'app_spec.txt',
  text: `<project_specification>
  <project_name>Shop & Search</project_name>
  <overview>
    Search in less than <1s.
  </overview>
  <!-- <implementation_steps><step number="9"><tasks>- no</tasks></step></implementation_steps> -->
  <feature_count>6</feature_count>
  <core_features>
    <search>
      - Find an Array<Article> of articles
    </search>
  </core_features>
  <implementation_steps>
    <step number="0">
      <title>Index</title>
      <tasks>
        - Build the index
          at night
        - Keep it fresh
      </tasks>
      <success_criteria>
        - [ ] All articles are found
      </success_criteria>
    </step>
    <phase_2>
      <goal>Page</goal>
      1. Show results
      2) Sort results
    </phase_2>
    <step>
      Page through
      Print
    </step>
  </implementation_steps>
</project_specification>
`,
};
