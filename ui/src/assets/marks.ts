/** The mark that the star sets. */
export const FAVOURITE = 'favourite';
