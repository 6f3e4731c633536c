using System;
using System.IO;
using StbImageSharp;
using Umps;

namespace Stencil2D;

/// <summary>The plate as a picture, a cell a pixel. Its surroundings are cold.</summary>
/// <param name="Width">Cells a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Rgb">Red, green and blue of each cell, row by row.</param>
internal sealed record Plate(int Width, int Height, byte[] Rgb)
{
    /// <summary>A cell whose colours differ by more than this is a source: the rest may be the noise of a scanner or of JPEG.</summary>
    private const int GreyNoise = 40;

    /// <summary>Reads a PNG (or JPEG, BMP, TGA) file.</summary>
    /// <exception cref="InputException">It cannot be read, or is no picture.</exception>
    public static Plate Read(string path)
    {
        try
        {
            ImageResult image = ImageResult.FromMemory(File.ReadAllBytes(path), ColorComponents.RedGreenBlue);
            return new Plate(image.Width, image.Height, image.Data);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {cause.Message}");
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)     // the decoder throws whatever comes up in a damaged file
        {
            throw new InputException($"{path} is no picture that can be decoded ({cause.Message}).");
        }
    }

    /// <summary>Gives every rank the plate that rank 0 has.</summary>
    public static Plate Broadcast(Comm comm, Plate? plate)
    {
        int width = comm.Bcast(plate?.Width ?? 0), height = comm.Bcast(plate?.Height ?? 0);
        byte[] rgb = plate?.Rgb ?? new byte[3 * width * height];
        comm.Bcast(rgb);
        return plate ?? new Plate(width, height, rgb);
    }

    /// <summary>What a cell is: a grey one begins as warm as it is bright, from 0 to 1; a coloured one is a source, held at red / (red + blue).</summary>
    public (double Temperature, bool IsSource) CellAt(int x, int y)
    {
        ReadOnlySpan<byte> colour = Rgb.AsSpan(3 * (y * Width + x), 3);
        int red = colour[0], green = colour[1], blue = colour[2];
        int difference = Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue));
        if (difference <= GreyNoise)
            return ((red + green + blue) / (3 * 255.0), false);
        return (red + blue == 0 ? 0.5 : red / (double)(red + blue), true);
    }
}
