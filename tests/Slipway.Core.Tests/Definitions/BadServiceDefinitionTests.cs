using Slipway.Core.Definitions;

namespace Slipway.Core.Tests.Definitions;

public sealed class BadServiceDefinitionTests
{
    private const string Head = "service: shop\nrun:\n  command: ./shop\n";

    private static string[] Problems(string text) =>
        [.. ServiceDefinitionReader.Read(text, "s.yaml", PlatformDefinitionReader.Read(PlatformDefaults.Yaml + "metrics: { p: { prometheus: { url: 'http://127.0.0.1:9090' } } }\n", "p.yaml").Definition!).Problems.Select(p => p.ToString())];

    // What is behind the head begins on line 4.
    [Theory]
    [InlineData("ownr: me", "s.yaml:4:1: Unknown key 'ownr' in the file. (Did you mean 'owner'?)")]
    [InlineData("tier: high", "s.yaml:4:7: tier must be a whole number, not 'high'.")]
    [InlineData("tier: [1]", "s.yaml:4:7: tier must be a whole number, not a list.")]
    [InlineData("tier: 4", "s.yaml:4:7: tier must be from 0 to 3, not 4.")]
    [InlineData("service: other", "s.yaml:4:1: 'service' is given twice; first on line 1. (Remove one of them.)")]
    [InlineData("  instances: 0", "s.yaml:4:14: instances must be from 1 to 1000, not 0.")]
    [InlineData("  instnces: 2", "s.yaml:4:3: Unknown key 'instnces' in run. (Did you mean 'instances'?)")]
    [InlineData("  zebra: 2", "s.yaml:4:3: Unknown key 'zebra' in run. (Allowed: command, env, instances, traffic, health, requestTimeout, drain.)")]
    [InlineData("  health: { path: healthz }", "s.yaml:4:19: path must start with '/', not 'healthz'. (Write '/healthz'.)")]
    [InlineData("  health: { path: //db/healthz }", "s.yaml:4:19: path must start with one '/': what follows two is a host, and the request always goes to the instance. (Write '/db/healthz'.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 150 }, { weight: 50 } ] }", "s.yaml:4:49: weight must be from 1 to 99, not 150. (100 % is the end of the steps by itself.)")]
    [InlineData("  health: /healthz", "s.yaml:4:11: health must be a map, not '/healthz'. (Allowed keys: path, interval, timeout, healthyAfter, unhealthyAfter, deadline.)")]
    [InlineData("  drain: 10", "s.yaml:4:10: drain must be a duration, not '10'. (Write it like 500ms, 90s, 5m, 1h30m, 2d.)")]
    [InlineData("  env: { LD_PRELOAD: x }", "s.yaml:4:10: The variable 'LD_PRELOAD' is not the definition's to set: Slipway or the system sets it. (Take another name, or set it in the script or program that needs it.)")]
    [InlineData("  env: { PORT: 80 }", "s.yaml:4:10: The variable 'PORT' is not the definition's to set: Slipway or the system sets it. (Take another name, or set it in the script or program that needs it.)")]
    [InlineData("  env: { A-B: x }", "s.yaml:4:10: 'A-B' is no name of an environment variable: letters, digits and '_', no digit first.")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { weight: 100 }, { pause: 1m } ] }", "s.yaml:4:64: weight must be from 1 to 99, not 100. (100 % is the end of the steps by itself.)")]
    [InlineData("rollout: { strategy: canary, batch: 2, steps: [ { weight: 5 } ] }", "s.yaml:4:30: batch is for the strategy rolling; this one is canary. (Add 'strategy: rolling', or remove batch.)")]
    [InlineData("rollout: { baseline: true }", "s.yaml:4:12: baseline is for the strategy canary; this one is rolling. (Add 'strategy: canary', or remove baseline.)")]
    [InlineData("rollout: { batch: none }", "s.yaml:4:19: batch must be a number of instances, a share of them, not 'none'. (Write it like 2 or 25%.)")]
    [InlineData("rollout: { batch: 0 }", "s.yaml:4:19: batch must be from 1 to 1000, not 0.")]
    [InlineData("rollout: { surge: 150% }", "s.yaml:4:19: surge must be from 0% and at most 100%, not '150%'.")]
    [InlineData("rollout: { surge: 0, maxUnavailable: 0% }", "s.yaml:4:19: With neither surge nor maxUnavailable no instance could be exchanged. (Let one of them be at least 1.)")]
    [InlineData("rollout: { surge: 0 }", "s.yaml:4:19: With neither surge nor maxUnavailable no instance could be exchanged. (Let one of them be at least 1.)")]
    [InlineData("rollout: { batch: 3, surge: 1, maxUnavailable: 1 }", "s.yaml:4:19: A batch of 3 can never be: surge and maxUnavailable allow 2 together. (Lower the batch, or raise one of them.)")]
    [InlineData("rollout: { minHealthyTime: 5m, progressDeadline: 2m }", "s.yaml:4:50: progressDeadline must be longer than minHealthyTime: no instance could be in time.")]
    [InlineData("rollout: { batch: 0, surge: 1, maxUnavailable: 1 }", "s.yaml:4:19: batch must be from 1 to 1000, not 0.")]
    [InlineData("rollout: { batch: 2, surge: -1 }", "s.yaml:4:29: surge must be from 0 to 1000, not -1.")]
    [InlineData("rollout: { strategy: blueGreen, before: [pause] }", "s.yaml:4:42: an item of before must be a map, not 'pause'. (Write { pause: untilResumed }. Allowed keys: analyze, deadline, pause, route, mirror, verify, approve.)")]
    [InlineData("rollout: { strategy: blueGreen, after: [ aprove ] }", "s.yaml:4:42: an item of after must be a map, not 'aprove'. (Write { approve: 1 }. Allowed keys: analyze, deadline, pause, verify, approve.)")]
    [InlineData("rollout: { strategy: blueGreen, after: [ 5m ] }", "s.yaml:4:42: an item of after must be a map, not '5m'. (Write it like { analyze: 5m }. Allowed keys: analyze, deadline, pause, verify, approve.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, pause ] }", "s.yaml:4:54: an item of steps must be a map, not 'pause'. (Write { pause: untilResumed }. Allowed keys: weight, analyze, deadline, pause, instances, route, mirror, verify, approve.)")]
    [InlineData("rollout: { strategy: blueGreen, before: [ { wait: 5m } ] }", "s.yaml:4:45: Unknown key 'wait' in an item of before. (Allowed: analyze, deadline, pause, route, mirror, verify, approve.)")]
    [InlineData("rollout: { strategy: blueGreen, before: [ { } ] }", "s.yaml:4:43: A step must have one of route, mirror, verify, pause, approve, analyze. (Write it like { pause: 5m }.)")]
    [InlineData("rollout: { strategy: blueGreen, before: [ { weight: 5 } ] }", "s.yaml:4:45: weight has no meaning in before: blueGreen brings the whole new set up and gives it all traffic at once. (Use the strategy canary for parts.)")]
    [InlineData("rollout: { strategy: blueGreen, after: [ { mirror: 5 } ] }", "s.yaml:4:44: mirror has no meaning in after: blueGreen brings the whole new set up and gives it all traffic at once. (Put it into before.)")]
    [InlineData("rollout: { strategy: blueGreen, before: [ { analyze: 5m } ] }", "s.yaml:4:45: analyze comes before the switch: there is no traffic to judge. (Put it into after, verify before the switch, or add a check with a threshold.)")]
    [InlineData("rollout: { strategy: blueGreen, keepWarm: 5m }", "s.yaml:4:33: With blueGreen the old set's time is keepOld. (Write keepOld instead of keepWarm.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { verify: smoke } ] }", "s.yaml:4:64: There is no verification 'smoke'. (Declare it under verify.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { route: { header: X-A, cookie: b } } ] }", "s.yaml:4:63: A mark must have one of header, cookie, query; this has header and cookie. (Make each a mark of its own.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { route: { is: b } } ] }", "s.yaml:4:63: A mark must have one of header, cookie, query. (Make each a mark of its own.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { route: { query: a, is: b, prefix: c } } ] }", "s.yaml:4:82: is and prefix exclude each other. (Remove one.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { route: { header: 'X A' } } ] }", "s.yaml:4:73: header must be the name of a header: letters, digits and -_.~!#$%&'*+^`|, not 'X A'.")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { route: nome } ] }", "s.yaml:4:63: Unknown route 'nome'. (Did you mean 'none'?)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { instances: matchweight } ] }", "s.yaml:4:67: instances must be a number of instances, a share of them or matchWeight, not 'matchweight'. (Write it like 2 or 25%.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { mirror: 101 } ] }", "s.yaml:4:64: mirror must be from 0 to 100, not 101.")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { approve: 0 } ] }", "s.yaml:4:65: approve must be from 1 to 20, not 0.")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { } ] }", "s.yaml:4:54: A step must have one of weight, analyze, pause, instances, route, mirror, verify, approve. (Write it like { weight: 5 }.)")]
    [InlineData("rollout: { sticky: { maxAge: 1s } }", "s.yaml:4:30: maxAge must be from 1m to 365d, not '1s'.")]
    [InlineData("rollout: { checks: [ { name: erors } ] }", "s.yaml:4:30: Unknown check 'erors'. (Did you mean 'errors'?)")]
    [InlineData("rollout: { checks: [ { name: queue } ] }", "s.yaml:4:30: Unknown check 'queue'. (Say with one of counts, threshold, mannWhitney where its numbers come from.)")]
    [InlineData("rollout: { checks: [ { name: errors, threshold: { source: p, query: up, pass: value > 0 } } ] }", "s.yaml:4:30: 'errors' is what the routers count; it has no threshold. (Give the check another name.)")]
    [InlineData("rollout: { checks: [ { name: queue, threshold: { source: p, query: up } } ] }", "s.yaml:4:48: A threshold must say when a measurement passes or fails. (Write it like pass: value < 100.)")]
    [InlineData("rollout: { checks: [ { name: queue, threshold: { source: p, query: up, pass: valu < 100 } } ] }", "s.yaml:4:78: pass: There is no variable 'valu'. (Did you mean 'value'?)")]
    [InlineData("rollout: { checks: [ { name: queue, threshold: { source: p, query: up, pass: value } } ] }", "s.yaml:4:78: pass: It is double; bool is asked for.")]
    [InlineData("rollout: { checks: [ { name: queue, threshold: { source: p, query: up, pass: value < 1, interval: 0s } } ] }", "s.yaml:4:99: interval must be from 1s to 1d, not '0s'.")]
    [InlineData("rollout: { checks: [ { name: q, counts: { source: p, bad: x, total: y }, threshold: { source: p, query: up, pass: value < 1 } } ] }", "s.yaml:4:74: A check is of one kind; this has counts and threshold. (Make each a check of its own.)")]
    [InlineData("rollout: { checks: [ { name: q, counts: { source: p, bad: x } } ] }", "s.yaml:4:41: total is missing in counts. (How many units there were in the last {{step}}; likewise.)")]
    [InlineData("rollout: { checks: [ { name: q, counts: { source: p, bad: x, total: { query: y, value: body.x } } } ] }", "s.yaml:4:81: value is for sources that answer JSON; Prometheus answers with numbers. (Remove it, and say in the query what is meant.)")]
    [InlineData("rollout: { checks: [ { name: q, counts: { source: p, bad: x, total: { query: 'y{v=\"{{versio}}\"}' } } } ] }", "s.yaml:4:84: query: There is no placeholder 'versio'. (Did you mean 'version'? There are service, environment, version, stableVersion, versionSet, stableVersionSet, step, from, to.)")]
    [InlineData("rollout: { checks: [ { name: q, threshold: { source: p, pass: value < 1 } } ] }", "s.yaml:4:44: query is missing: p is a Prometheus, which is asked in PromQL. (Say what is asked, such as query: …)")]
    [InlineData("rollout: { checks: [ { name: q, counts: { source: p, bad: x, total: {} } } ] }", "s.yaml:4:69: query is missing: p is a Prometheus, which is asked in PromQL. (Say what is asked, such as query: …)")]
    [InlineData("rollout: { checks: [ { name: q, mannWhitney: { source: p, metrics: [ { name: a } ] } } ] }", "s.yaml:4:70: query is missing: p is a Prometheus, which is asked in PromQL. (Say what is asked, such as query: …)")]
    [InlineData("rollout: { checks: [ { name: q, threshold: { source: p, qurey: up, pass: value < 1 } } ] }", "s.yaml:4:57: Unknown key 'qurey' in threshold. (Did you mean 'query'?)")]
    [InlineData("rollout: { checks: [ { name: q, counts: { source: p, bad: x, total: x } } ] }", "s.yaml:4:62: bad and total are the same number. (Ask for each: a query of its own, or { query, value }, such as bad: { value: body.failed }.)")]
    [InlineData("rollout: { checks: [ { name: q, counts: { source: p, bad: [x], total: x } } ] }", "s.yaml:4:59: bad must be a map, not a list. (Allowed keys: query, value.)")]
    [InlineData("rollout: { checks: [ { name: q, counts: { source: p, bad: x, total: y, value: body.x } } ] }", "s.yaml:4:72: value is for sources that answer JSON; Prometheus answers with numbers. (Remove it, and say in the query what is meant.)")]
    [InlineData("rollout: { checks: [ { name: q, mannWhitney: { source: p, metrics: [] } } ] }", "s.yaml:4:68: metrics must have 1 to 50 items, not 0.")]
    [InlineData("rollout: { checks: [ { name: q, mannWhitney: { source: p, metrics: [ { name: a, query: x }, { name: a, query: y } ] } } ] }", "s.yaml:4:101: 'a' is twice in metrics. (Give it another name.)")]
    [InlineData("rollout: { checks: [ { name: q, mannWhitney: { source: p, marginal: 96, metrics: [ { name: a, query: x } ] } } ] }", "s.yaml:4:69: marginal must not be above pass (95).")]
    [InlineData("rollout: { checks: [ { name: q, mannWhitney: { source: p, groups: { fast: 50 }, metrics: [ { name: a, query: x } ] } } ] }", "s.yaml:4:69: No metric is in the group 'fast'.")]
    [InlineData("rollout: { checks: [ { name: errors, minRequests: -1 } ] }", "s.yaml:4:51: minRequests must be from 0 to 1000000000, not -1.")]
    [InlineData("rollout: { strategy: canry }", "s.yaml:4:22: Unknown strategy 'canry'. (Did you mean 'canary'?)")]
    [InlineData("rollout: { strategy: ring }", "s.yaml:4:22: A rollout by rings needs at least one ring. (Write it like rings: [ { name: first, target: { ring: first }, soak: 10m }, { name: rest, target: { ring: rest } } ].)")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: a } ] }", "s.yaml:4:37: target is missing in an item of rings. (Labels that its agents have, beside those of the environment.)")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: a, target: {} } ] }", "s.yaml:4:56: target must have 1 to 200 keys, not 0.")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: a, target: { r: x } }, { name: a, target: { r: y } } ] }", "s.yaml:4:76: There is a ring named 'a' already. (Give it another name.)")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: a, target: { r: x } }, { name: b, target: { r: x, s: y } } ] }", "s.yaml:4:87: Each agent with these labels is in the ring 'a' before it: none is left for this one. (Let it come first, or ask for other labels.)")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: a, target: { r: x }, strategy: canary } ] }", "s.yaml:4:76: A canary needs at least one weight step. (Write it like steps: [ { weight: 5 }, { analyze: 2m } ].)")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: a, target: { r: x }, strategy: ring } ] }", "s.yaml:4:76: Unknown strategy 'ring'. (Allowed: rolling, canary, blueGreen.)")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: a, target: { r: x }, steps: [ { weight: 5 } ] } ] }", "s.yaml:4:66: steps are for the strategy canary; this one is rolling. (Add 'strategy: canary', or remove steps.)")]
    [InlineData("rollout: { strategy: ring, batch: 2, rings: [ { name: a, target: { r: x } } ] }", "s.yaml:4:28: batch is for the strategy rolling; this one is ring. (Put it into each ring that has the strategy rolling, or remove batch.)")]
    [InlineData("rollout: { strategy: rolling, rings: [ { name: a, target: { r: x } } ] }", "s.yaml:4:31: rings are for the strategy ring; this one is rolling. (Add 'strategy: ring', or remove rings.)")]
    [InlineData("rollout: { onFailure: hold }", "s.yaml:4:23: onFailure: hold is for the strategy ring; this one is rolling. (Use rollback or pause.)")]
    [InlineData("rollout: { checks: [eror] }", "s.yaml:4:21: Unknown check 'eror'. (Allowed: errors, latency.)")]
    [InlineData("rollout: { checks: [errrs] }", "s.yaml:4:21: Unknown check 'errrs'. (Did you mean 'errors'?)")]
    [InlineData("rollout: { falseAlarmRate: 0 }", "s.yaml:4:28: falseAlarmRate must be more than 0 and at most 50%, not '0'. (Write it like 10% or 0.1.)")]
    [InlineData("rollout: { falseAlarmRate: 51% }", "s.yaml:4:28: falseAlarmRate must be more than 0 and at most 50%, not '51%'. (Write it like 10% or 0.1.)")]
    [InlineData("rollout: { steps: [ { weight: 5 } ] }", "s.yaml:4:12: steps are for the strategy canary; this one is rolling. (Add 'strategy: canary', or remove steps.)")]
    [InlineData("rollout: { strategy: canary }", "s.yaml:4:22: A canary needs at least one weight step. (Write it like steps: [ { weight: 5 }, { analyze: 2m } ].)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 101 } ] }", "s.yaml:4:49: weight must be from 1 to 99, not 101. (100 % is the end of the steps by itself.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 9 }, { weight: 5 } ] }", "s.yaml:4:64: The weight 5 does not rise: 9 came before. (Weights rise from step to step; 100 is the implied end.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { weight: 5 } ] }", "s.yaml:4:64: The weight 5 does not rise: 5 came before. (Weights rise from step to step; 100 is the implied end.)")]
    [InlineData("rollout: { strategy: blueGreen, steps: [ { weight: 5 } ] }", "s.yaml:4:33: steps are for the strategy canary; this one is blueGreen. (Add 'strategy: canary', or remove steps.)")]
    [InlineData("rollout: { strategy: canary, keepOld: 5m, steps: [ { weight: 5 } ] }", "s.yaml:4:30: keepOld is for the strategy blueGreen; this one is canary. (Add 'strategy: blueGreen', or remove keepOld.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { analyze: 5m, deadline: 1m } ] }", "s.yaml:4:79: deadline must not be shorter than analyze.")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 }, { analyze: untilResumed } ] }", "s.yaml:4:65: analyze must be a duration, not 'untilResumed'. (Write it like 500ms, 90s, 5m, 1h30m, 2d.)")]
    [InlineData("rollout: { strategy: canary, onFailure: proceed, steps: [ { weight: 5 } ] }", "s.yaml:4:41: Unknown action 'proceed'. (Allowed: rollback, pause, hold.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 5 } ], checks: [ errors, errors ] }", "s.yaml:4:74: 'errors' is twice in checks. (Remove one, or give it another name.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 9, pause: 1m } ] }", "s.yaml:4:39: A step is one thing; this has weight and pause. (Make each a step of its own.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { analyze: 1m }, { weight: 9 } ] }", "s.yaml:4:41: analyze comes before the first weight: there is no traffic to judge. (Put a weight step before it.)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 9, deadline: 1m } ] }", "s.yaml:4:52: deadline stands beside analyze only.")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 9 }, { analyse: 20s } ] }", "s.yaml:4:56: Unknown key 'analyse' in an item of steps. (Did you mean 'analyze'?)")]
    [InlineData("rollout: { strategy: canary, steps: [ { weight: 9 }, { analyse: 20s, deadline: 1m } ] }", "s.yaml:4:56: Unknown key 'analyse' in an item of steps. (Did you mean 'analyze'?)")]
    [InlineData("rollout: { strategy: canary, steps: [ { wieght: 9 }, { analyze: 20s } ] }", "s.yaml:4:41: Unknown key 'wieght' in an item of steps. (Did you mean 'weight'?)")]
    [InlineData("rollout: { strategy: canary, stepps: [ { weight: 9 } ] }", "s.yaml:4:30: Unknown key 'stepps' in rollout. (Did you mean 'steps'?)")]
    [InlineData("rollout: { stratgy: canary, steps: [ { weight: 9 } ] }", "s.yaml:4:12: Unknown key 'stratgy' in rollout. (Did you mean 'strategy'?)")]
    [InlineData("verify: [ { nme: a, http: { path: / } } ]", "s.yaml:4:13: Unknown key 'nme' in an item of verify. (Did you mean 'name'?)")]
    [InlineData("verify: [ { name: a, htpp: { path: / } } ]", "s.yaml:4:22: Unknown key 'htpp' in an item of verify. (Did you mean 'http'?)")]
    [InlineData("verify: [ { name: a, run: ./x, http: { path: / } } ]", "s.yaml:4:22: http and run exclude each other. (Make each an item of its own.)")]
    [InlineData("verify: [ { name: a, run: ' ' } ]", "s.yaml:4:27: run names no command.")]
    [InlineData("verify: [ { name: a } ]", "s.yaml:4:11: An item of verify must say what is asked: it has neither http nor run. (Write it like http: { path: /, status: 200 }, or run: ./smoke.sh.)")]
    [InlineData("verify: [ { name: a, http: { path: /, headers: { 'A B': c } } } ]", "s.yaml:4:50: 'A B' is no name of a header: letters, digits and -_.~!#$%&'*+^`|.")]
    [InlineData("verify: [ { name: a, http: { path: /, headers: { A: { } } } } ]", "s.yaml:4:53: The header A must have one of is and prefix. (Write it like { prefix: text/html }.)")]
    [InlineData("verify: [ { name: a, http: { path: /, headers: { A: { is: b, prefix: c } } } } ]", "s.yaml:4:53: The header A must have one of is and prefix. (Write it like { prefix: text/html }.)")]
    [InlineData("verify: [ { name: a, http: { path: /, headers: { A: { prefx: c } } } } ]", "s.yaml:4:55: Unknown key 'prefx' in headers.A. (Did you mean 'prefix'?)")]
    [InlineData("verify: [ { name: a, http: { path: /, headers: [A] } } ]", "s.yaml:4:48: headers must be a map, not a list. (Write it like { key: value }.)")]
    [InlineData("verify: [ { name: a, http: { path: /, json: status == 'ok' } } ]", "s.yaml:4:52: json: '==' is not there for int and string. (Convert one: string(…) makes a text of a number, int(…) a number of a text.)")]
    [InlineData("verify: [ { name: a, http: { path: /, json: bodi.ok } } ]", "s.yaml:4:45: json: There is no variable 'bodi'. (Did you mean 'body'?)")]
    [InlineData("verify: [ { name: a, http: { path: /, json: status } } ]", "s.yaml:4:45: json: It is int; bool is asked for.")]
    [InlineData("verify: [ { name: a, http: { path: /, latency: fast } } ]", "s.yaml:4:48: latency must be a duration, not 'fast'. (Write it like 500ms, 90s, 5m, 1h30m, 2d.)")]
    [InlineData("verify: [ { name: a, http: { path: /, latency: 40s } } ]", "s.yaml:4:48: latency must not be longer than timeout, which is 30s: that ends the try before. (Lower latency, or raise timeout.)")]
    [InlineData("verify: [ { name: a, http: { path: / }, retries: 101 } ]", "s.yaml:4:50: retries must be from 0 to 100, not 101.")]
    [InlineData("verify: [ { name: a, http: { path: / }, interval: 2s } ]", "s.yaml:4:41: interval is the time between two tries, and there is one only. (Add retries, or remove interval.)")]
    [InlineData("verify: [ { name: a, http: { path: / }, retrys: 2, interval: 2s } ]", "s.yaml:4:41: Unknown key 'retrys' in an item of verify. (Did you mean 'retries'?)")]
    [InlineData("rollout: { hooks: { befor: [] } }", "s.yaml:4:21: Unknown key 'befor' in hooks. (Did you mean 'before'?)")]
    [InlineData("rollout: { hooks: { before: [ { name: a } ] } }", "s.yaml:4:31: A hook must say who is asked: it has neither http nor run. (Write it like http: { url: https://ci.example.com/ask }, or run: ./may-we.sh.)")]
    [InlineData("rollout: { hooks: { before: [ { name: a, run: ./x, http: { url: 'https://a.b/' } } ] } }", "s.yaml:4:42: http and run exclude each other. (Make each a hook of its own.)")]
    [InlineData("rollout: { hooks: { before: [ { name: a, run: ./x }, { name: a, run: ./y } ] } }", "s.yaml:4:54: 'a' is twice in before. (Remove one, or give it another name.)")]
    [InlineData("rollout: { hooks: { after: [ { name: a, http: { url: ftp://a.b/ } } ] } }", "s.yaml:4:54: url must be an address like https://ci.example.com/ask, not 'ftp://a.b/'.")]
    [InlineData("rollout: { hooks: { after: [ { name: a, http: { url: 'https://ann:pw@a.b/' } } ] } }", "s.yaml:4:54: url must hold no name or password: whoever reads the file would have them. (Remove what stands before the @.)")]
    [InlineData("rollout: { hooks: { before: [ { name: a, run: ./x, if: wieght > 5 } ] } }", "s.yaml:4:56: if: There is no variable 'wieght'. (Did you mean 'weight'?)")]
    [InlineData("rollout: { hooks: { after: [ { name: a, run: ./x, onError: continue } ] } }", "s.yaml:4:60: Unknown action 'continue'. (Allowed: stop, ignore.)")]
    [InlineData("rollout: { hooks: { before: [ { name: a, run: ./x, timeout: 10s, interval: 10s } ] } }", "s.yaml:4:76: interval must be shorter than timeout, which is 10s: it would be asked at its beginning and its end alone. (Lower interval, or raise timeout.)")]
    [InlineData("environments: { stagin: {} }", "s.yaml:4:17: Unknown environment 'stagin'. (Did you mean 'staging'?)")]
    [InlineData("environments: { prod: { run: { instances: many } } }", "s.yaml:4:43: instances must be a whole number, not 'many'.")]
    [InlineData("environments: { prod: { rollout: { strategy: canary } } }", "s.yaml:4:46: A canary needs at least one weight step. (Write it like steps: [ { weight: 5 }, { analyze: 2m } ].)")]
    [InlineData("owner: !!str x", "s.yaml:4:8: The tag 'tag:yaml.org,2002:str' is not allowed. (Write the value without it.)")]
    [InlineData("owner: &a x", "s.yaml:4:8: The anchor '&a' is not allowed. (Write values out where they are used.)")]
    [InlineData("rollout:\n\tstrategy: canary", "s.yaml:5:1: A tab in the indentation. (Indent with spaces.)")]
    [InlineData("---\nservice: b", "s.yaml:4:1: A second document begins here; a file holds one. (Remove the '---' line and what follows it.)")]
    public void One_mistake_is_told_with_its_place_and_the_way_out(string text, string expected) =>
        Problems(Head + text + "\n").ShouldBe([expected]);

    [Theory]
    [InlineData("node server.js | tee x", "s.yaml:3:12: command has '|', but is run without a shell. (Quote it with '…', or run a shell: sh -c '…'.)")]
    [InlineData("app --port $PORT", "s.yaml:3:12: command has '$', but is run without a shell. (Quote it with '…', or run a shell: sh -c '…'.)")]
    [InlineData("app 'x", "s.yaml:3:12: command has an opening ' without its end. (Quote it with '…', or run a shell: sh -c '…'.)")]
    [InlineData("[]", "s.yaml:3:12: command must have 1 to 200 items, not 0.")]
    public void A_command_that_cannot_run_is_told(string command, string expected) =>
        Problems($"service: shop\nrun:\n  command: {command}\n").ShouldBe([expected]);

    [Fact]
    public void Every_mistake_is_told_at_once_in_the_order_of_the_file() =>
        Problems("service: Shop\nrun:\n  instances: x\nrollout:\n  stategy: canary\n  watch: soon\n").ShouldBe(
        [
            "s.yaml:1:10: service must have lower-case letters, digits and single hyphens inside, at most 40 characters; not 'Shop'.",
            "s.yaml:3:3: command is missing in run. (By shell words, run without a shell in the unpacked artifact; must listen on $HOST:$PORT, unless it is a worker.)",
            "s.yaml:3:14: instances must be a whole number, not 'x'.",
            "s.yaml:5:3: Unknown key 'stategy' in rollout. (Did you mean 'strategy'?)",
            "s.yaml:6:10: watch must be a duration, not 'soon'. (Write it like 500ms, 90s, 5m, 1h30m, 2d.)",
        ]);

    [Theory]
    [InlineData("", "s.yaml:1:1: The file is empty. ('slipway docs' prints an annotated example.)")]
    [InlineData("# nothing\n", "s.yaml:1:1: The file is empty. ('slipway docs' prints an annotated example.)")]
    [InlineData("- a", "s.yaml:1:1: The file must be a map of keys, not a list.")]
    public void A_file_that_is_no_map_is_told(string text, string expected) => Problems(text).ShouldBe([expected]);

    [Fact]
    public void A_misspelt_key_that_is_needed_is_told_once() =>
        Problems("service: shop\nrun:\n  comand: ./shop\n").ShouldBe(["s.yaml:3:3: Unknown key 'comand' in run. (Did you mean 'command'?)"]);

    [Fact]
    public void Broken_YAML_is_told_with_its_place() => Problems(Head + "owner: [a\n").ShouldHaveSingleItem().ShouldMatch(@"^s\.yaml:[45]:\d+: This is not YAML: ");

    [Fact]
    public void A_text_block_may_hold_tabs() =>
        Problems(Head + "verify:\n  - name: a\n    http:\n      path: /\n      contains: |\n        x\n        \ty\n").ShouldBeEmpty();
}
