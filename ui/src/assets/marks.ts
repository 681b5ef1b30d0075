// Marks that the window sets by itself.

/** The mark with the star. */
export const FAVOURITE = 'favourite';
