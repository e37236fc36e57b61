/** A plan that uses most of what the format has. */
export const beadsText = {
  path: '.beads/issues.jsonl',
  text: [
    '{"id":"nt-1","title":"Notes","status":"open","priority":1,"issue_type":"epic","created_at":"2026-01-01T08:00:00Z","updated_at":"2026-01-01T08:00:00Z"}',
    '{"id":"nt-1.1","title":"Write \\u0026 keep","description":"In one file.","acceptance_criteria":"Two notes are kept","status":"closed","priority":0,"issue_type":"task","created_at":"2026-01-01T08:00:00Z","updated_at":"2026-01-03T09:10:11.123456789+02:00","closed_at":"2026-01-03T09:10:11.123456789+02:00","close_reason":"written","labels":["core"],"dependencies":[{"issue_id":"nt-1.1","depends_on_id":"nt-1","type":"parent-child"}]}',
    '{"id":"nt-1.2","title":"Read","status":"in_progress","priority":2,"issue_type":"feature","estimated_minutes":30,"created_at":"2026-01-01T08:00:00Z","updated_at":"2026-01-03T08:00:00Z","started_at":"2026-01-03T08:00:00Z","dependencies":[{"issue_id":"nt-1.2","depends_on_id":"nt-1","type":"parent_child"},{"issue_id":"nt-1.2","depends_on_id":"nt-1.1","type":"blocks"},{"issue_id":"nt-1.2","depends_on_id":"nt-7","type":"relates-to"}]}',
    '{"id": "nt-5", "title": "Ask", "status": "blocked", "priority": 3, "issue_type": "question", "updated_at": "2026-01-03T08:00:00Z", "dependencies": [{"issue_id": "nt-5", "depends_on_id": "nt-1", "type": "blocks"}, {"issue_id": "nt-5", "depends_on_id": "nt-g", "type": "blocks"}]}',
    '{"id":"nt-6","title":"Later","status":"deferred","priority":4,"issue_type":"chore","updated_at":"2026-01-03T08:00:00Z"}',
    '{"id":"nt-7","title":"Odd","status":"resting","issue_type":"task","updated_at":"2026-01-03T08:00:00Z","closed_at":null}',
    '{"id":"nt-g","title":"May it go out?","status":"open","issue_type":"gate","await_type":"human"}',
    '{"id":"nt-9","title":"ping","status":"open","issue_type":"event","ephemeral":true}',
    '',
  ].join('\n'),
};
