// Meridian: a globe of dots, the hubs of a compute network, and work on its way between them.
// `clock` from 0 to 1 is one loop without a seam. The scene needs no include file.
//
//   povray +Iscene/meridian.pov +Oframe.png +W320 +H180 +A0.1 -D +Lscene +K0.25
#version 3.7;

global_settings { assumed_gamma 1.0 max_trace_level 3 }

#declare Land = <0.09, 0.29, 0.40>;
#declare East = <1.00, 0.42, 0.12>; // Where the demand is.
#declare West = <0.12, 1.00, 0.55>; // Where the cheap green power is.
#declare Abroad = <0.45, 0.60, 1.00>;
#declare Brass = <1.00, 0.70, 0.30>;

// A glow that no light changes.
#macro Glow(Colour) pigment { color rgb Colour } finish { ambient 0 diffuse 0 emission 1 } #end

// The point above a place: longitude and latitude in degrees, height in radii of the globe.
#macro Place(Longitude, Latitude, Height)
  (Height * <cos(radians(Latitude)) * cos(radians(Longitude)), sin(radians(Latitude)), cos(radians(Latitude)) * sin(radians(Longitude))>)
#end

// ---- the globe -------------------------------------------------------------------------------------------------

#declare OceanPigment = pigment {
  // Own procedural texture: depth in slow waves.
  bozo
  turbulence 0.6
  lambda 2.4
  scale 0.35
  color_map {
    [0.0 rgb <0.006, 0.020, 0.055>]
    [0.6 rgb <0.010, 0.040, 0.095>]
    [1.0 rgb <0.016, 0.065, 0.130>]
  }
}

// Meridians every 15 degrees, thin as a hair.
#declare GraticulePigment = pigment {
  radial
  frequency 24
  color_map {
    [0.000 rgb <0.03, 0.12, 0.20>]
    [0.022 rgb <0.03, 0.12, 0.20>]
    [0.040 rgb 0 transmit 1]
    [0.960 rgb 0 transmit 1]
    [0.978 rgb <0.03, 0.12, 0.20>]
    [1.000 rgb <0.03, 0.12, 0.20>]
  }
}

#declare GlobeFinish = finish { ambient 0.0 diffuse 0.75 specular 0.03 roughness 0.02 emission 0.36 }

#declare Globe = sphere {
  0, 1
  texture { pigment { OceanPigment } finish { GlobeFinish } }
  texture { pigment { GraticulePigment } finish { GlobeFinish } }
  texture {
    // Own image texture, drawn by tools/texture.mjs: white dots where there is land.
    pigment {
      image_pattern { png "land.png" gamma 1.0 map_type 1 interpolate 2 }
      color_map { [0.0 color rgb Land transmit 1] [1.0 color rgb Land] }
      rotate <0, 180, 0> // The picture begins at 180 degrees west.
    }
    finish { GlobeFinish }
  }
}

// ---- the network -----------------------------------------------------------------------------------------------

#macro Hub(Longitude, Latitude, Colour, Phase)
  #local Beat = 0.5 + 0.5 * sin(2 * pi * (2 * clock + Phase));
  union {
    sphere { Place(Longitude, Latitude, 1.004), 0.014 Glow(Colour * 1.1) }
    // A ripple that spreads and fades.
    torus {
      0.016 + 0.034 * mod(2 * clock + Phase, 1), 0.0036
      pigment { color rgb Colour transmit mod(2 * clock + Phase, 1) }
      finish { ambient 0 diffuse 0 emission 0.9 }
      rotate <0, 0, Latitude - 90>
      rotate <0, -Longitude, 0>
      translate Place(Longitude, Latitude, 1.004)
    }
    sphere { Place(Longitude, Latitude, 1.004), 0.021 + 0.007 * Beat pigment { color rgb Colour transmit 0.72 } finish { ambient 0 diffuse 0 emission 0.6 } }
  }
#end

// An arc along the great circle; `Pulses` parcels run along it, each with a tail of light.
#macro Arc(FromLongitude, FromLatitude, ToLongitude, ToLatitude, Colour, Rise, Pulses, Phase)
  #local Start = Place(FromLongitude, FromLatitude, 1);
  #local End = Place(ToLongitude, ToLatitude, 1);
  #local Angle = acos(vdot(Start, End));
  #local Steps = 24 + int(Angle * 24);
  #local Previous = Start;
  #local Step = 1;
  #while (Step <= Steps)
    #local S = Step / Steps;
    #local Point = (sin((1 - S) * Angle) * Start + sin(S * Angle) * End) / sin(Angle);
    #local Point = Point * (1.004 + Rise * Angle * 4 * S * (1 - S));
    #local Behind = mod(2 + clock - S / Pulses + Phase, 1 / Pulses) * Pulses; // 0 at a parcel's head, 1 before the next.
    #local Light = 0.30 + 1.15 * pow(1 - Behind, 5);
    cylinder { Previous, Point, 0.0052 + 0.0050 * pow(1 - Behind, 5) Glow(Colour * Light + <1, 1, 1> * 0.35 * pow(1 - Behind, 9)) }
    #local Previous = Point;
    #local Step = Step + 1;
  #end
#end

#declare Network = union {
  Hub(114.88, 40.77, East, 0.00) // Zhangjiakou
  Hub(121.12, 31.15, East, 0.37) // Yangtze River Delta
  Hub(113.60, 24.81, East, 0.71) // Shaoguan
  Hub(104.07, 30.57, East, 0.19) // Tianfu
  Hub(111.82, 40.38, West, 0.53) // Horinger
  Hub(106.47, 26.40, West, 0.83) // Gui'an
  Hub(107.64, 35.71, West, 0.29) // Qingyang
  Hub(105.19, 37.51, West, 0.61) // Zhongwei
  Hub(103.85, 1.29, Abroad, 0.10)
  Hub(139.70, 35.68, Abroad, 0.45)
  Hub(76.90, 43.24, Abroad, 0.80)
  Hub(55.30, 25.26, Abroad, 0.33)
  Hub(77.20, 28.60, Abroad, 0.66)

  Arc(121.12, 31.15, 105.19, 37.51, East, 0.38, 1, 0.00)
  Arc(105.19, 37.51, 113.60, 24.81, West, 0.42, 1, 0.55)
  Arc(114.88, 40.77, 107.64, 35.71, East, 0.42, 1, 0.30)
  Arc(111.82, 40.38, 121.12, 31.15, West, 0.30, 1, 0.72)
  Arc(113.60, 24.81, 106.47, 26.40, East, 0.50, 1, 0.15)
  Arc(106.47, 26.40, 121.12, 31.15, West, 0.34, 1, 0.45)
  Arc(104.07, 30.57, 114.88, 40.77, East, 0.34, 1, 0.88)
  Arc(105.19, 37.51, 76.90, 43.24, West, 0.20, 1, 0.62)
  Arc(121.12, 31.15, 139.70, 35.68, East, 0.30, 1, 0.20)
  Arc(113.60, 24.81, 103.85, 1.29, Abroad, 0.24, 1, 0.05)
  Arc(106.47, 26.40, 77.20, 28.60, Abroad, 0.22, 1, 0.38)
  Arc(76.90, 43.24, 55.30, 25.26, Abroad, 0.22, 1, 0.82)
}

// The brass meridian: a ring through both poles with a mark every 15 degrees, and a bead that runs along it.
#declare MeridianRing = union {
  torus { 1.125, 0.0075 }
  #declare Mark = 0;
  #while (Mark < 24)
    sphere { <1.125, 0, 0>, 0.0135 rotate <0, Mark * 15, 0> }
    #declare Mark = Mark + 1;
  #end
  rotate <90, 0, 0> // Into the plane through the poles.
  pigment { color rgb Brass }
  finish { ambient 0 diffuse 0.55 specular 0.9 roughness 0.02 emission 0.16 }
}

// Two satellites on tilted orbits.
#macro Orbit(Radius, Tilt, Turn, Colour)
  union {
    torus { Radius, 0.0022 pigment { color rgb Colour transmit 0.45 } finish { ambient 0 diffuse 0 emission 0.5 } }
    #local Tail = 0;
    #while (Tail < 14)
      sphere {
        <Radius, 0, 0>, 0.0135 * pow(1 - Tail / 14, 0.7)
        Glow(Colour * pow(1 - Tail / 14, 1.5) + <1, 1, 1> * (Tail = 0 ? 0.5 : 0))
        rotate <0, -360 * clock + Turn + Tail * 1.6, 0>
      }
      #local Tail = Tail + 1;
    #end
    rotate Tilt
  }
#end

// ---- the sky ---------------------------------------------------------------------------------------------------

sky_sphere {
  pigment {
    gradient y
    color_map { [0.0 rgb <0.003, 0.004, 0.012>] [0.5 rgb <0.006, 0.010, 0.028>] [1.0 rgb <0.016, 0.012, 0.040>] }
    scale 2
    translate -1
  }
  pigment {
    // A faint band of dust.
    wrinkles
    scale <0.9, 0.12, 0.5>
    rotate <0, 0, 28>
    color_map { [0.0 rgb <0.05, 0.05, 0.13> transmit 0.55] [0.45 rgb 0 transmit 1] [1.0 rgb 0 transmit 1] }
  }
}

#declare Luck = seed(105);
#declare Star = 0;
#while (Star < 260)
  sphere {
    <-16 + 32 * rand(Luck), -9 + 18 * rand(Luck), -14>, 0.010 + 0.022 * pow(rand(Luck), 3)
    Glow(<0.75 + 0.25 * rand(Luck), 0.85, 0.8 + 0.2 * rand(Luck)> * (0.35 + 0.75 * pow(rand(Luck), 2)))
  }
  #declare Star = Star + 1;
#end

// A thin ring of air, brightest where the sight grazes the globe.
#declare Air = union {
  #declare Shell = 0;
  #while (Shell < 4)
    sphere {
      0, 1.008 + 0.018 * Shell
      pigment {
        slope { <0, 0, 1>, 0, 1 }
        color_map { [0.0 rgb <0.10, 0.42, 0.85> transmit 0.80] [0.55 rgb <0.10, 0.42, 0.85> transmit 1] [1.0 rgb 0 transmit 1] }
      }
      finish { ambient 0 diffuse 0 emission 0.55 }
      hollow
    }
    #declare Shell = Shell + 1;
  #end
}

// ---- the shot --------------------------------------------------------------------------------------------------

camera {
  perspective
  right x * image_width / image_height
  up y
  location <0, 0.04, 2.75>
  look_at <0, 0.10, 0>
  angle 45
}

light_source { <-7, 5, 4> color rgb <1.15, 1.10, 1.00> }
light_source { <5, -1, 2> color rgb <0.10, 0.16, 0.30> shadowless }

#declare Sway = 11 * sin(2 * pi * clock);

union {
  object { Globe }
  object { Network }
  rotate <0, 106 - 90 + Sway, 0>
  rotate <27, 0, 0>
}

object { MeridianRing rotate <0, 90 - 62 + 0.35 * Sway, 0> rotate <10, 0, -12> }
object { Orbit(1.30, <16, 0, 24>, 200, <0.50, 0.75, 1.00>) }
object { Orbit(1.42, <-10, 0, -16>, 40, <0.75, 0.60, 1.00>) }
object { Air }
