using System;
using System.Collections.Generic;
using System.Globalization;
using Umps;

namespace Umps.Paper;

/// <summary>A test that two ranks run together.</summary>
/// <param name="comm">Both.</param>
/// <param name="spec">As it was asked for.</param>
/// <param name="bytes">Bytes of a message.</param>
/// <param name="number">What the kind makes of it.</param>
internal abstract class RankTest(Comm comm, string spec, int bytes, double number)
{
    /// <summary>Tags of what is measured, of its answers, and of results.</summary>
    protected const int Tag = 1, AnswerTag = 2, ResultTag = 3;

    /// <summary>As it was asked for.</summary>
    public string Spec { get; } = spec;

    /// <summary>Both ranks.</summary>
    protected Comm Comm { get; } = comm;

    /// <summary>Bytes of a message.</summary>
    protected int Bytes { get; } = bytes;

    /// <summary>What the kind makes of it.</summary>
    protected double Number { get; } = number;

    /// <summary>Runs it on both; rank 0 has the rows.</summary>
    public abstract IReadOnlyList<(string Measure, double Value)> Run();

    /// <summary>Reads KIND:BYTES:NUMBER.</summary>
    /// <returns>Null where it is none.</returns>
    public static RankTest? Read(Comm comm, string spec)
    {
        if (spec.Split(':') is not [var kind, var size, var last] || !int.TryParse(size, CultureInfo.InvariantCulture, out int bytes)
            || !double.TryParse(last, CultureInfo.InvariantCulture, out double number))
            return null;
        return kind switch
        {
            "latency" => new LatencyTest(comm, spec, bytes, number, gapMicroseconds: 0),
            "gap" => new LatencyTest(comm, spec, bytes, 0.25, gapMicroseconds: number),
            "flood" => new StreamTest(comm, spec, bytes, number, messagesASecond: 0),
            "single" => new StreamTest(comm, spec, bytes, number, messagesASecond: 0) { IsEachAlone = true },
            "load" => new StreamTest(comm, spec, bytes, 1.0 / 3, messagesASecond: number),
            "idle" => new IdleTest(comm, spec, number),
            _ => null,
        };
    }
}
