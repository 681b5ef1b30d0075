// The metadata of an image in the order of the panel.

type Metadata = { readonly [name in string]?: string };

/** The names of camera facts in the catalogue, and the metadata that each is in. */
const CAMERA: readonly [string, string][] = [
  ['camera', 'exif.Model'],
  ['lens', 'exif.LensModel'],
  ['exposure', 'exif.ExposureTime'],
  ['aperture', 'exif.FNumber'],
  ['iso', 'exif.ISOSpeedRatings'],
  ['focalLength', 'exif.FocalLength'],
  ['taken', 'exif.DateTimeOriginal'],
  ['author', 'exif.Artist'],
  ['copyright', 'exif.Copyright'],
];

/** Metadata that stands elsewhere in the panel, or says only that there is some. */
const ELSEWHERE = new Set(['xmp', 'iptc', 'exif', 'icc', 'xmp.rating', 'xmp.label']);

/** What a camera wrote, as far as it is there. */
export const cameraFacts = (metadata: Metadata): [string, string][] =>
  CAMERA.flatMap(([name, key]): [string, string][] => {
    const value = metadata[key];
    return value ? [[name, value]] : [];
  });

/** The rest, by name. */
export function otherMetadata(metadata: Metadata): [string, string][] {
  const shown = new Set(CAMERA.map(([, key]) => key));
  return Object.entries(metadata)
    .filter(([key]) => !shown.has(key) && !ELSEWHERE.has(key))
    .flatMap(([key, value]): [string, string][] => (value ? [[key, value]] : []))
    .sort(([a], [b]) => a.localeCompare(b));
}
