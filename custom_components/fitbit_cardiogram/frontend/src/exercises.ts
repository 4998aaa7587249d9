/** Names and icons of the kinds of exercise, whose words are Google's, such as TREADMILL_WALK. */

import { inPlainWords, isKey, text } from "./texts";

/** The first icon counts whose word is in the exercise's; the more special words come first. */
const ICONS: [word: string, icon: string][] = [
  ["WATER_POLO", "water-polo"],
  ["TABLE_TENNIS", "table-tennis"],
  ["WHEELCHAIR", "wheelchair-accessibility"],
  ["MOTOR", "motorbike"],
  ["HIK", "hiking"],
  ["BACKPACK", "hiking"],
  ["RUCKING", "hiking"],
  ["RUN", "run"],
  ["TREADMILL_WALK", "walk"],
  ["TREADMILL", "run"],
  ["WALK", "walk"],
  ["STATIONARY_BIKE", "bicycle"],
  ["SPINNING", "bicycle"],
  ["BIK", "bike"],
  ["CYCLING", "bike"],
  ["SWIM", "swim"],
  ["DIVING", "diving"],
  ["ROWING", "rowing"],
  ["KAYAK", "kayaking"],
  ["CANOE", "kayaking"],
  ["SAIL", "sail-boat"],
  ["SURF", "surfing"],
  ["SNOWBOARD", "snowboard"],
  ["SKIING", "ski"],
  ["SKI", "ski-cross-country"],
  ["SKATEBOARD", "skateboard"],
  ["SKAT", "skate"],
  ["YOGA", "yoga"],
  ["PILATES", "yoga"],
  ["STRETCH", "yoga"],
  ["MEDITATE", "meditation"],
  ["STAIR", "stairs-up"],
  ["WEIGHT", "dumbbell"],
  ["STRENGTH", "dumbbell"],
  ["POWERLIFTING", "weight-lifter"],
  ["JUMPING_ROPE", "jump-rope"],
  ["DANC", "dance-ballroom"],
  ["ZUMBA", "dance-ballroom"],
  ["BOX", "boxing-glove"],
  ["KARATE", "karate"],
  ["MARTIAL", "karate"],
  ["TENNIS", "tennis"],
  ["BADMINTON", "badminton"],
  ["BASKETBALL", "basketball"],
  ["VOLLEYBALL", "volleyball"],
  ["HANDBALL", "handball"],
  ["FOOTBALL", "football"],
  ["SOCCER", "soccer"],
  ["GOLF", "golf"],
  ["GYMNASTICS", "gymnastics"],
];
const OTHER_ICON = "heart-pulse";

/** Return the name of an exercise; one that has no translation is said in Google's words. */
export function exerciseName(language: string, type: string): string {
  const key = `exercise_${type.toLowerCase()}`;
  if (isKey(key)) return text(language, key);
  return inPlainWords(type) || text(language, "exercise_workout");
}

/** Return the name of an exercise's icon. */
export function exerciseIcon(type: string): string {
  return `mdi:${ICONS.find(([word]) => type.includes(word))?.[1] ?? OTHER_ICON}`;
}
