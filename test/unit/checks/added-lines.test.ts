import assert from 'node:assert/strict';
import { addedLines } from '../../../src/checks/added-lines';

describe('addedLines', () => {
  it('gives added lines with path and number, and takes content that looks like a header as content', () => {
    const diff = `diff --git a/a b.txt b/a b.txt
index 1..2 100644
--- a/a b.txt\t
+++ b/a b.txt\t
@@ -1,3 +1,4 @@ context
 same
--- removed
+++ added
+more\r
 same
@@ -10 +11 @@
-old
\\ No newline at end of file
+new
\\ No newline at end of file
diff --git a/gone b/gone
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-bye
diff --git "a/tab\\there \\342\\230\\203" "b/tab\\there \\342\\230\\203"
--- /dev/null
+++ "b/tab\\there \\342\\230\\203"
@@ -0,0 +1 @@
+odd
`;
    assert.deepEqual(addedLines(diff), [
      { path: 'a b.txt', line: 2, text: '++ added' },
      { path: 'a b.txt', line: 3, text: 'more' },
      { path: 'a b.txt', line: 11, text: 'new' },
      { path: 'tab\there ☃', line: 1, text: 'odd' },
    ]);
  });
});
