// A request by htmx that a script of ours begins. A network that failed is told by the toast of
// requests.js; anything else that broke is told here. Resolves to true once the answer is in its place.
import { say } from "./texts.js";
import { toast } from "./toasts.js";

export function ask(method, address, options) {
  return window.htmx.ajax(method, address, options).then(() => true, (failure) => {
    // Without a reason: htmx has sent the event about the network already.
    if (failure) {
      console.error(failure);
      toast({ text: say("failed"), level: "bad" });
    }
    return false;
  });
}
