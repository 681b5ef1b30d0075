// Which card is which operation. A file's list does not tell its elements apart; cards keep their
// identity all the same, so that what is open stays open when something else changes the list.
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { JsonValue } from '@/api/bindings';

export interface Card {
  id: string;
  /** The operation as it was last seen, as JSON. */
  text: string;
}

let made = 0;
const newId = () => {
  made += 1;
  return `card-${made}`;
};

/**
 * The cards of a list that undo, the text or another program may have changed: an operation that
 * is still there has its card, wherever it stands now; one that was changed keeps its place's.
 */
export function follow(former: readonly Card[], texts: readonly string[]): Card[] {
  const free: (Card | undefined)[] = [...former];
  const found: (Card | undefined)[] = texts.map(() => undefined);
  const take = (from: number, to: number) => {
    const text = texts[to] ?? '';
    const card = free[from];
    if (!card || found[to]) return;
    found[to] = card.text === text ? card : { ...card, text };
    free[from] = undefined;
  };
  texts.forEach((text, index) => {
    if (free[index]?.text === text) take(index, index);
  });
  texts.forEach((text, index) => {
    const at = found[index] ? -1 : free.findIndex((card) => card?.text === text);
    if (at >= 0) take(at, index);
  });
  texts.forEach((_, index) => {
    take(index, index);
  });
  return texts.map((text, index) => found[index] ?? { id: newId(), text });
}

/** The cards of a chain; `subject` names the generator whose chain it is. */
export function useCards(subject: string, chain: readonly JsonValue[]) {
  const [kept, keep] = useState<{ subject: string; cards: Card[] }>({ subject, cards: [] });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const now = useMemo(() => {
    const texts = chain.map((step) => JSON.stringify(step));
    const known = kept.subject === subject ? kept.cards : [];
    const same = known.length === texts.length && known.every(({ text }, at) => text === texts[at]);
    return same ? known : follow(known, texts);
  }, [kept, subject, chain]);
  useEffect(() => {
    keep((former) =>
      former.subject === subject && former.cards === now ? former : { subject, cards: now },
    );
  }, [subject, now]);
  const ids = useMemo(() => now.map(({ id }) => id), [now]);
  const turn = useCallback(
    (id: string, isOpen: boolean) =>
      setOpen((former) => {
        const next = new Set(former);
        if (isOpen) next.add(id);
        else next.delete(id);
        return next;
      }),
    [],
  );
  const set = (cards: Card[]) => keep({ subject, cards });
  return {
    ids,
    open,
    setOpen: turn,
    openAll: (isOpen: boolean) => setOpen(new Set(isOpen ? ids : [])),
    insert: (index: number, step: JsonValue) => {
      const card = { id: newId(), text: JSON.stringify(step) };
      set([...now.slice(0, index), card, ...now.slice(index)]);
      turn(card.id, true);
    },
    move: (from: number, to: number) => {
      const moved = now[from];
      const others = now.filter((_, index) => index !== from);
      if (moved) set([...others.slice(0, to), moved, ...others.slice(to)]);
    },
    remove: (index: number) => set(now.filter((_, place) => place !== index)),
  };
}
