// What screen readers hear of a drag. Left alone, dnd-kit speaks of its own numbers, in English.
import type { Announcements, ScreenReaderInstructions, UniqueIdentifier } from '@dnd-kit/core';

interface DragAnnouncements {
  announcements: Announcements;
  screenReaderInstructions: ScreenReaderInstructions;
}

const silent = () => undefined;

/** For drags that are done with the pointer alone. */
export const unspoken: DragAnnouncements = {
  announcements: {
    onDragStart: silent,
    onDragOver: silent,
    onDragEnd: silent,
    onDragCancel: silent,
  },
  screenReaderInstructions: { draggable: '' },
};

interface Spoken {
  /** How to drag by keyboard. */
  instructions: string;
  /** The words about a thing, and the place from 0 that it is over. */
  lifted: (id: UniqueIdentifier) => string;
  over: (id: UniqueIdentifier, place: UniqueIdentifier) => string;
  cancelled: (id: UniqueIdentifier) => string;
}

/** For drags by keyboard as well; where a thing was put is told by whoever puts it there. */
export const spoken = ({ instructions, lifted, over, cancelled }: Spoken): DragAnnouncements => ({
  announcements: {
    onDragStart: ({ active }) => lifted(active.id),
    onDragOver: (drag) => (drag.over ? over(drag.active.id, drag.over.id) : undefined),
    onDragEnd: silent,
    onDragCancel: ({ active }) => cancelled(active.id),
  },
  screenReaderInstructions: { draggable: instructions },
});
