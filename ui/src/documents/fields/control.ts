// The props and the context of the form's controls.
import { createContext, useContext } from 'react';
import type { Asset, JsonValue } from '@/api/bindings';
import type { FieldSchema } from '@/documents/schema';

export interface ControlProps {
  /** The id that the label refers to. */
  id: string;
  /** The label's text, for screen readers. */
  label: string;
  /** The name of the table that the field is in: `resize`, `output` … */
  table: string;
  field: FieldSchema;
  /** The file's value; undefined: not set. */
  value: JsonValue | undefined;
  /** The default; undefined: none. */
  fallback: JsonValue | undefined;
  /** Undefined removes the key. Changes with the same gesture are undone together. */
  onChange: (value: JsonValue | undefined, gesture: string | null) => void;
}

interface FormSubject {
  /** The preset file. */
  file: string;
  /** The focused asset, by which lengths are converted. */
  asset: Asset | null;
  /** The formats that the generator writes, by name. */
  formats: readonly string[];
  /** The colours that the preset file names. */
  colors: { readonly [name: string]: string };
}

/** The subject of the form, for controls that need more than their value. */
export const FormContext = createContext<FormSubject>({
  file: '',
  asset: null,
  formats: [],
  colors: {},
});

export const useForm = () => useContext(FormContext);
