import assert from 'node:assert/strict';
import { additionsIn } from '../../../src/checks/added-lines';

describe('additionsIn', () => {
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
    assert.deepEqual(additionsIn(diff).added, [
      { path: 'a b.txt', line: 2, text: '++ added' },
      { path: 'a b.txt', line: 3, text: 'more' },
      { path: 'a b.txt', line: 11, text: 'new' },
      { path: 'tab\there ☃', line: 1, text: 'odd' },
    ]);
    assert.deepEqual(additionsIn(diff).unshown, []);
  });

  it('names the files whose lines are not shown, without those that are gone', () => {
    const diff = `diff --git a/old and new.ts b/old and new.ts
index 1..2 100644
Binary files a/old and new.ts and b/old and new.ts differ
diff --git a/logo.png b/logo.png
new file mode 100644
Binary files /dev/null and b/logo.png differ
diff --git a/gone.png b/gone.png
Binary files a/gone.png and /dev/null differ
diff --git "a/\\342\\230\\203" "b/\\342\\230\\203"
Binary files "a/\\342\\230\\203" and "b/\\342\\230\\203" differ
diff --git a/a b/a
--- a/a
+++ b/a
@@ -0,0 +1 @@
+Binary files a/x and b/x differ
`;
    assert.deepEqual(additionsIn(diff).unshown, ['old and new.ts', 'logo.png', '☃']);
  });
});
