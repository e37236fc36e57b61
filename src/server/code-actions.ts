import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { PlanDocument } from '../language/document';
import { positionsIn } from '../language/document';
import type { PlanOverlay } from '../language/overlay';
import { phaseTicksIn } from '../language/phase-ticks';
import { quickFixesIn, type QuickFix } from '../language/quick-fixes';
import type { PlanDocuments } from './plan-documents';

/** The kinds of actions that are offered. */
export const actionKinds: CodeActionKind[] = [
  CodeActionKind.QuickFix,
  CodeActionKind.RefactorRewrite,
];

/** What the editor offers at a place: the quick fixes of the problems there, and ticks of phases. */
export function codeActionsAt(
  documents: PlanDocuments,
  { textDocument: { uri }, range, context: { only } }: CodeActionParams,
  at: string,
  canPreview: boolean,
  overlayAt: (document: PlanDocument) => PlanOverlay,
): CodeAction[] {
  const isAsked = (kind: CodeActionKind) => only?.some((one) => isWithin(kind, one)) ?? true;
  const [document] = documents.at(uri);
  if (document === undefined) return [];
  const fixes = isAsked(CodeActionKind.QuickFix) ? quickFixesIn(document, range, at) : [];
  const ticks = isAsked(CodeActionKind.RefactorRewrite)
    ? phaseTicksIn(document, range, overlayAt(document))
    : [];
  return [
    ...fixes.map((fix) => ({
      title: fix.title,
      kind: CodeActionKind.QuickFix,
      diagnostics: fix.solves,
      isPreferred: fix.isPreferred,
      edit: workspaceEditOf(documents, document, fix, canPreview),
    })),
    ...ticks.map((tick) => ({
      title: tick.title,
      kind: CodeActionKind.RefactorRewrite,
      edit: workspaceEditOf(documents, document, tick, canPreview),
    })),
  ];
}

/** A kind of action is within those of which its name is a part: `quickfix` in `` and `quickfix`. */
function isWithin(kind: string, asked: string): boolean {
  return asked === '' || kind === asked || kind.startsWith(`${asked}.`);
}

/** The one note on edits that change more than a problem's place. */
const wide = 'wide';

/** @param canPreview whether the client can show edits before it makes them. */
function workspaceEditOf(
  documents: PlanDocuments,
  document: PlanDocument,
  { edits, title, isWide }: Pick<QuickFix, 'edits' | 'title' | 'isWide'>,
  canPreview: boolean,
): WorkspaceEdit {
  const note = isWide === true && canPreview ? { annotationId: wide } : {};
  const paths = [...new Set(edits.map(({ path }) => path))];
  const documentChanges = paths.map((path) => {
    const uri = documents.uriOf(path);
    const version = documents.texts.get(uri)?.version ?? null;
    const positions = positionsIn(document, path) ?? document.positions;
    const own = edits.filter((edit) => edit.path === path);
    return {
      textDocument: { uri, version },
      edits: own.map(({ range, text }) => ({
        range: positions.rangeOf(range),
        newText: text,
        ...note,
      })),
    };
  });
  if (!('annotationId' in note)) return { documentChanges };
  return {
    documentChanges,
    changeAnnotations: { [wide]: { label: title, needsConfirmation: true } },
  };
}
