import { readSprintPlan } from '../../formats/bmad/sprint-plan';
import { storyFileWord } from '../../formats/bmad/words';
import { asYaml } from '../../formats/yaml-words';
import { edit, type Fixer } from './fix';

/** Lets a sprint and the file of a story say the same: the word of either in the other. */
export const agreeOnStory: Fixer = {
  rules: ['story-status-drift'],
  changes: ['status', 'words'],
  propose({ problem, files: { source } }) {
    const { epics } = readSprintPlan(source);
    const stories = epics.flatMap((epic) => epic.stories);
    const found = stories.find(({ entry }) => entry.line.number === problem.line);
    const word = found?.entry.word ?? null;
    const own = found?.file ?? null;
    if (word === null || own === null || own.story.status === null) return [];
    const { path } = own.source;
    const { range, text } = own.story.status;
    const meant = storyFileWord(text);
    const inFile = edit(path, range.start, range.end, word.text);
    const inSprint = edit(
      source.path,
      word.range.start,
      word.range.end,
      asYaml(meant ?? '', word.quote),
    );
    return [
      { title: `Write “${word.text}” into ${path}`, edits: [inFile] },
      ...(meant === null
        ? []
        : [{ title: `Take “${meant}” from the story's file`, edits: [inSprint] }]),
    ];
  },
};
