import { Channel } from "@tauri-apps/api/core";
import {
  commands,
  type Account,
  type Keeping,
  type SignInBegun,
  type SignInChoice,
  type SignInHow,
  type SignInMeans,
  type SignInRequest,
  type SignInStep,
  type SignInWays,
} from "./bindings";
import { value } from "./transport";

export type { Keeping, SignInBegun, SignInChoice, SignInHow, SignInMeans, SignInRequest, SignInStep, SignInWays };

export const signInWays = (): Promise<SignInWays> => value(commands.signInWays());
export const azureCliUser = (): Promise<string | null> => value(commands.signInAzureCliUser());

/** Signs in and tries it out; what one has to see meanwhile is handed on. None when it was cancelled. */
export function beginSignIn(
  attempt: string,
  request: SignInRequest,
  hear: (step: SignInStep) => void,
): Promise<SignInBegun | null> {
  const steps = new Channel<SignInStep>();
  steps.onmessage = hear;
  return value(commands.signInBegin(attempt, request, steps));
}

export const cancelSignIn = (attempt: string): Promise<null> => value(commands.signInCancel(attempt));
export const finishSignIn = (id: string, choice: SignInChoice): Promise<Account[]> =>
  value(commands.signInFinish(id, choice));
export const forgetSignIn = (id: string): Promise<null> => value(commands.signInForget(id));
export const unlock = (passphrase: string): Promise<null> => value(commands.signInUnlock(passphrase));
