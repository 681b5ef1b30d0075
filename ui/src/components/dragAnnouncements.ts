// Announcements of drags for screen readers, in place of dnd-kit's, which speak of ids, in English.
import type { Announcements, ScreenReaderInstructions, UniqueIdentifier } from '@dnd-kit/core';

interface DragAnnouncements {
  announcements: Announcements;
  screenReaderInstructions: ScreenReaderInstructions;
}

const silent = () => undefined;

/** For drags by pointer only: no announcements. */
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
  /** How to drag with the keyboard. */
  instructions: string;
  /** The announcement for an item over an index from 0. */
  lifted: (id: UniqueIdentifier) => string;
  over: (id: UniqueIdentifier, place: UniqueIdentifier) => string;
  cancelled: (id: UniqueIdentifier) => string;
}

/** For drags by keyboard as well. The code that handles the drop announces its result. */
export const spoken = ({ instructions, lifted, over, cancelled }: Spoken): DragAnnouncements => ({
  announcements: {
    onDragStart: ({ active }) => lifted(active.id),
    onDragOver: (drag) => (drag.over ? over(drag.active.id, drag.over.id) : undefined),
    onDragEnd: silent,
    onDragCancel: ({ active }) => cancelled(active.id),
  },
  screenReaderInstructions: { draggable: instructions },
});
