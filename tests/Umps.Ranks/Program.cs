using System;
using System.Collections.Generic;
using System.Linq;
using Umps;
using Umps.Ranks;
using Umps.Ranks.Scenarios;

// What system tests start as ranks: Umps.Ranks SCENARIO [arguments]. A scenario a file; lines on stdout are what the tests read.
var scenarios = new Dictionary<string, Func<string[], int>>
{
    ["identity"] = Identity.Run,
    ["environment"] = EnvironmentOf.Run,
    ["ring"] = Ring.Run,
    ["flood"] = Flood.Run,
    ["traffic"] = Traffic.Run,
    ["objects"] = Objects.Run,
    ["large"] = Large.Run,
    ["loans"] = Loans.Run,
    ["collectives"] = Collectives.Run,
    ["copies"] = Copies.Run,
    ["addresses"] = Addresses.Run,
    ["agents"] = Agents.Run,
    ["idle"] = Idle.Run,
    ["beside"] = Beside.Run,
    ["hang"] = Hang.Run,
    ["die"] = Die.Run,
    ["lines"] = Lines.Run,
    ["input"] = Input.Run,
    ["signals"] = Signals.Run,
    ["outside"] = Outside.Run,
    ["wakeup"] = Wakeup.Run,
    ["burst"] = Burst.Run,
    ["xdp-owner"] = XdpOwner.Run,
    ["xdp-echo"] = XdpEcho.Run,
    ["realtime"] = RealTime.Run,
};

if (args.Length == 0 || !scenarios.TryGetValue(args[0], out Func<string[], int>? scenario))
{
    Console.Error.WriteLine($"Umps.Ranks SCENARIO, one of: {string.Join(", ", scenarios.Keys.Order())}");
    return 64;
}

return scenario(args[1..]);
