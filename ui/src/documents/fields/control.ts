// What every control of the form is given.
import { createContext, useContext } from 'react';
import type { Asset, JsonValue } from '@/api/bindings';
import type { FieldSchema } from '@/documents/schema';

export interface ControlProps {
  /** The id that the label points at. */
  id: string;
  /** The label's words, for screen readers. */
  label: string;
  /** The name of the table that the field is in: `resize`, `output` … */
  table: string;
  field: FieldSchema;
  /** What the file says; undefined: nothing. */
  value: JsonValue | undefined;
  /** What is taken without it; undefined: nothing. */
  fallback: JsonValue | undefined;
  /** Undefined: the key is removed. Changes of the same gesture are undone together. */
  onChange: (value: JsonValue | undefined, gesture: string | null) => void;
}

interface FormSubject {
  /** The preset file. */
  file: string;
  /** The asset that is looked at, for a length's pixels. */
  asset: Asset | null;
}

/** What the form is about, for the few controls that look beyond their value. */
export const FormContext = createContext<FormSubject>({ file: '', asset: null });

export const useForm = () => useContext(FormContext);
