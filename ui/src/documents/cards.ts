// Gives the operations of a chain a stable identity. The elements of a preset's list have none, but open
// cards must stay open when undo, the text view or another program changes the list.
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { JsonValue } from '@/api/bindings';

export interface Card {
  id: string;
  /** The operation's last known value, as JSON. */
  text: string;
}

let lastId = 0;
const newId = () => {
  lastId += 1;
  return `card-${lastId}`;
};

/**
 * Assigns cards to a changed list: an operation that is still there keeps its card, wherever it is now;
 * a changed operation keeps the card at its index.
 */
export function assignCards(former: readonly Card[], texts: readonly string[]): Card[] {
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

/** The cards of a chain and which are open; `subject` identifies the generator. */
export function useCards(subject: string, chain: readonly JsonValue[]) {
  const [kept, keep] = useState<{ subject: string; cards: Card[] }>({ subject, cards: [] });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const now = useMemo(() => {
    const texts = chain.map((step) => JSON.stringify(step));
    const known = kept.subject === subject ? kept.cards : [];
    const same = known.length === texts.length && known.every(({ text }, at) => text === texts[at]);
    return same ? known : assignCards(known, texts);
  }, [kept, subject, chain]);
  useEffect(() => {
    keep((former) =>
      former.subject === subject && former.cards === now ? former : { subject, cards: now },
    );
  }, [subject, now]);
  const ids = useMemo(() => now.map(({ id }) => id), [now]);
  const toggle = useCallback(
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
    setOpen: toggle,
    openAll: (isOpen: boolean) => setOpen(new Set(isOpen ? ids : [])),
    insert: (index: number, step: JsonValue) => {
      const card = { id: newId(), text: JSON.stringify(step) };
      set([...now.slice(0, index), card, ...now.slice(index)]);
      toggle(card.id, true);
    },
    move: (from: number, to: number) => {
      const moved = now[from];
      const others = now.filter((_, index) => index !== from);
      if (moved) set([...others.slice(0, to), moved, ...others.slice(to)]);
    },
    remove: (index: number) => set(now.filter((_, place) => place !== index)),
  };
}
