using System;
using System.IO;
using StbImageWriteSharp;

namespace Stencil2D;

/// <summary>Temperatures as a picture.</summary>
internal static class HeatMap
{
    /// <summary>The colour map "inferno" of matplotlib (van der Walt and Smith, CC0) at every eighth: even steps look evenly far apart, and print well in grey.</summary>
    private static readonly (double Red, double Green, double Blue)[] s_inferno =
    [
        (0, 0, 4), (31, 12, 72), (85, 15, 109), (136, 34, 106), (186, 54, 85), (227, 89, 51), (249, 140, 10), (249, 201, 50), (252, 255, 164),
    ];

    /// <summary>Writes temperatures from 0 to 1, row by row, as a PNG.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Write(string path, int width, int height, ReadOnlySpan<double> temperatures)
    {
        var rgb = new byte[3 * temperatures.Length];
        for (int i = 0; i < temperatures.Length; i++)
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = ColourOf(temperatures[i]);
        try
        {
            using FileStream file = File.Create(path);
            new ImageWriter().WritePng(rgb, width, height, ColorComponents.RedGreenBlue, file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be written: {cause.Message}");
        }
    }

    /// <summary>The colour of a temperature, straight between two points of the map.</summary>
    public static (byte Red, byte Green, byte Blue) ColourOf(double temperature)
    {
        double place = Math.Clamp(temperature, 0, 1) * (s_inferno.Length - 1);
        int below = Math.Min((int)place, s_inferno.Length - 2);
        double part = place - below;
        (double red, double green, double blue) = s_inferno[below];
        (double redAbove, double greenAbove, double blueAbove) = s_inferno[below + 1];
        return (Mix(red, redAbove, part), Mix(green, greenAbove, part), Mix(blue, blueAbove, part));
    }

    private static byte Mix(double below, double above, double part) => (byte)Math.Round(below + (above - below) * part);
}
