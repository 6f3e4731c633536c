using System;
using System.CommandLine;
using System.Globalization;

namespace Umps.Bench;

/// <summary>Values of options; a wrong one is a sentence that names the option and the remedy.</summary>
internal static class Arguments
{
    /// <summary>Bytes, as 8, 4K or 1M.</summary>
    public static int? Bytes(ParseResult parsed, Option<string> option, BenchmarkKind kind)
    {
        if (parsed.GetValue(option) is not { } text)
            return null;
        string upper = text.ToUpperInvariant().Replace("IB", "", StringComparison.Ordinal).TrimEnd('B');
        int shift = upper.EndsWith('K') ? 10 : upper.EndsWith('M') ? 20 : upper.EndsWith('G') ? 30 : 0;
        if (!long.TryParse(shift == 0 ? upper : upper[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number > 1 << 30 || number << shift > 1 << 30)
            throw new ArgumentFault($"{option.Name} is '{text}', which is not a size of 0 bytes to 1 GiB. Write {option.Name} 8, 4K or 1M.");
        int bytes = (int)(number << shift);
        if (bytes % kind.UnitBytes != 0)
            throw new ArgumentFault($"{option.Name} is {bytes}, but {kind.Name} adds numbers of {kind.UnitBytes} bytes. Write {option.Name} {(bytes / kind.UnitBytes + 1) * kind.UnitBytes}.");
        return bytes;
    }

    /// <summary>A whole number.</summary>
    public static int? Count(ParseResult parsed, Option<string> option, int min, int max) =>
        parsed.GetValue(option) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= min && count <= max ? count
        : throw new ArgumentFault(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is '{text}', which is not a whole number of {min} to {max}. Write {option.Name} {Math.Clamp(100, min, max)}."));

    /// <summary>Seconds.</summary>
    public static double? Seconds(ParseResult parsed, Option<string> option, double min, double max) =>
        parsed.GetValue(option) is not { } text ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds >= min && seconds <= max ? seconds
        : throw new ArgumentFault(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is '{text}', which is not a time of {min} to {max} seconds. Write {option.Name} {Math.Clamp(1, min, max)}."));
}
