using System;

namespace Umps.Transport;

/// <summary>The values that an option may have, both ends included; of an enum the values by number, of a list those of each element.</summary>
/// <param name="min">Smallest.</param>
/// <param name="max">Largest.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionRangeAttribute(double min, double max) : Attribute
{
    /// <summary>Smallest.</summary>
    public double Min { get; } = min;

    /// <summary>Largest.</summary>
    public double Max { get; } = max;
}
